"""Programs that the distribution has: found, or installed where that is possible (Debian and its kin, as root)."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

_POLICY = Path("/usr/sbin/policy-rc.d")
_LOCK = Path(tempfile.gettempdir()) / "ficha-apt-get.lock"


class NotInstalled(Exception):
    """It is missing and cannot be installed; the message says what to do."""


def find_or_install(program: str, package: str, *, needed_for: str) -> Path:
    """Raises NotInstalled."""
    if found := shutil.which(program):
        return Path(found)
    if can_install():
        install(package)
        if found := shutil.which(program):
            return Path(found)
    raise NotInstalled(f"{needed_for} needs {program}. Install it (Debian, Ubuntu: sudo apt-get install {package}).")


def can_install() -> bool:
    return bool(shutil.which("apt-get")) and os.geteuid() == 0


def install(*packages: str) -> None:
    """Progress goes to stderr. No service is started by it: what runs is ours. Raises NotInstalled."""
    print(f"Not installed: {', '.join(packages)}. Installing with apt-get.", file=sys.stderr, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # Tests that run side by side may each miss something.
    with FileLock(_LOCK), no_services():
        for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
            done = subprocess.run(["apt-get", *arguments], env=environment, stdout=sys.stderr, check=False)
            if done.returncode:
                raise NotInstalled(f"apt-get {arguments[0]} failed ({done.returncode}); its words are above.")


@contextmanager
def no_services(policy: Path = _POLICY) -> Iterator[None]:
    """Debian's packages ask policy-rc.d before they start a service; 101 means no. Leaves nothing behind."""
    kept = policy.with_name(f"{policy.name}.before-ficha")
    if policy.exists():
        policy.rename(kept)
    try:
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        yield
    finally:
        policy.unlink(missing_ok=True)
        if kept.exists():
            kept.rename(policy)
