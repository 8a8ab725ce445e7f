"""What deploy/kubernetes comes to: built by kustomize, as `kubectl apply -k` would."""

import shutil
import subprocess
from functools import cache
from typing import Any

import pytest
import yaml

from tests.deploy.compose import ROOT

FOLDER = ROOT / "deploy/kubernetes"
Manifest = dict[str, Any]


@cache
def built(folder: str) -> list[Manifest]:
    """Skips the test where neither program is: no distribution has a kustomize that is new enough."""
    for program, *options in (("kubectl", "kustomize"), ("kustomize", "build")):
        if shutil.which(program):
            done = subprocess.run(
                [program, *options, str(FOLDER / folder)], capture_output=True, text=True, check=False, cwd=ROOT
            )
            assert done.returncode == 0, done.stderr
            return list(yaml.safe_load_all(done.stdout))
    pytest.skip("Building the manifests needs kubectl (1.27 or newer) or kustomize (5 or newer).")


def read(path: str) -> list[Manifest]:
    return list(yaml.safe_load_all((FOLDER / path).read_text()))


def pods(manifests: list[Manifest]) -> list[tuple[str, Manifest]]:
    """Name and pod specification of whatever makes pods."""
    return [
        (manifest["metadata"]["name"], manifest["spec"]["template"]["spec"])
        for manifest in manifests
        if manifest["kind"] in ("Deployment", "Job")
    ]


def of_kind(manifests: list[Manifest], kind: str) -> list[Manifest]:
    return [manifest for manifest in manifests if manifest["kind"] == kind]
