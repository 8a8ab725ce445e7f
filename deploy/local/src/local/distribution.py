"""Programs that the distribution has: found, or installed where that is possible (Debian and its kin, as root)."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

_ADMINISTRATORS = ("/usr/local/sbin", "/usr/sbin", "/sbin")
"""Folders that root's path lacks after a plain `su`; dpkg refuses to work without them too."""
_POLICY = Path("/usr/sbin/policy-rc.d")
_LOCK = Path(tempfile.gettempdir()) / "ficha-apt-get.lock"
_BUSY_SECONDS = 600
"""How long another apt-get, such as the nightly upgrades of a new machine, is waited for."""
_BUSY = "Could not get lock"
_PAUSE_SECONDS = 2.0


class NotInstalled(Exception):
    """It is missing and cannot be installed; the message says what to do."""


def find(program: str) -> Path | None:
    """Where `program` is, be it on the path or where administrators' programs are."""
    found = shutil.which(program, path=_search_path())
    return Path(found) if found else None


def environment() -> dict[str, str]:
    """This process's, with a path on which administrators' programs are found."""
    return {**os.environ, "PATH": _search_path()}


def find_or_install(program: str, package: str, *, needed_for: str) -> Path:
    """Raises NotInstalled."""
    if found := find(program):
        return found
    if can_install():
        install(package)
        if found := find(program):
            return found
    raise NotInstalled(f"{needed_for} needs {program}. Install it (Debian, Ubuntu: sudo apt-get install {package}).")


def can_install() -> bool:
    return find("apt-get") is not None and os.geteuid() == 0


def install(*packages: str) -> None:
    """Progress goes to stderr. No service is started by it: what runs is ours. Raises NotInstalled."""
    print(f"Not installed: {', '.join(packages)}. Installing with apt-get.", file=sys.stderr, flush=True)
    # Tests that run side by side may each miss something.
    with FileLock(_LOCK), no_services():
        _apt_get("update")
        _apt_get("install", "--yes", "--no-install-recommends", *packages)


def _apt_get(*arguments: str, busy_seconds: float = _BUSY_SECONDS, pause: float = _PAUSE_SECONDS) -> None:
    """Waits while another apt-get holds a lock: its own waiting knows only one of the three. Raises NotInstalled."""
    apt_get = find("apt-get")
    assert apt_get
    given = {**environment(), "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    deadline = time.monotonic() + busy_seconds
    told = False
    while True:
        done = subprocess.run(
            [apt_get, *arguments], env=given, stdout=sys.stderr, stderr=subprocess.PIPE, text=True, check=False
        )
        if done.returncode == 0:
            return
        if _BUSY not in done.stderr or time.monotonic() > deadline:
            sys.stderr.write(done.stderr)
            raise NotInstalled(f"apt-get {arguments[0]} failed ({done.returncode}); its words are above.")
        if not told:
            print("Another apt-get is at work; waiting for it …", file=sys.stderr, flush=True)
            told = True
        time.sleep(pause)


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


def _search_path() -> str:
    given = os.environ.get("PATH", os.defpath)
    return os.pathsep.join((given, *(folder for folder in _ADMINISTRATORS if folder not in given.split(os.pathsep))))
