"""The Dockerfile, read by a linter; what it builds is proved by `make test-images`."""

import subprocess
import sys
from pathlib import Path

from tests.deploy.compose import ROOT


def test_the_linter_finds_nothing() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, ROOT / "deploy/Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
