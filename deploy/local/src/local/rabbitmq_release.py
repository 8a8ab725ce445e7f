"""RabbitMQ as another release of Debian has it, unpacked into a folder and run from there: for proving Ficha on brokers
that this machine does not have. As root, on Debian and its kin.
"""

import subprocess
from pathlib import Path
from typing import Final

from filelock import FileLock

from local.distribution import NotInstalled, environment, find, find_or_install

SUITES: Final = ("trixie", "sid")
_NEEDED_FOR: Final = "RabbitMQ of another release"
_PROGRAMS: Final = {
    "rabbitmq-server": "/usr/lib/rabbitmq/bin/rabbitmq-server",
    "rabbitmqctl": "/usr/lib/rabbitmq/bin/rabbitmqctl",
    "epmd": "/usr/bin/epmd",
}
# In a mount namespace of its own, so that nothing stays mounted; each step becomes the next, so that the pid stays.
_WRAPPER: Final = """#!/bin/sh
exec unshare --mount --propagation private sh -c '
    tree=$1 home=$2
    shift 2
    for shared in /proc /dev /tmp "$home"; do
        mkdir -p "$tree$shared"
        mount --rbind "$shared" "$tree$shared"
    done
    exec chroot "$tree" "$@"
' sh "{tree}" "${{HOME:-/tmp}}" {program} "$@"
"""


def fetch(suite: str, cache: Path) -> Path:
    """The folder of its programs, unpacked at the first call. Raises NotInstalled."""
    tree, programs = cache / suite, cache / f"{suite}-programs"
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / f"{suite}.lock"):
        if not programs.exists():
            _unpack(suite, tree)
            programs.mkdir()
            for name, program in _PROGRAMS.items():
                wrapper = programs / name
                wrapper.write_text(_WRAPPER.format(tree=tree, program=program))
                wrapper.chmod(0o755)
    return programs


def _unpack(suite: str, tree: Path) -> None:
    debootstrap = find_or_install("debootstrap", "debootstrap", needed_for=_NEEDED_FOR)
    if find("unshare") is None:
        raise NotInstalled(f"{_NEEDED_FOR} needs unshare. Install it (Debian, Ubuntu: apt-get install util-linux).")
    command = [str(debootstrap), "--variant=minbase", "--include=rabbitmq-server", suite, str(tree), _mirror()]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalled(f"debootstrap {suite} failed ({done.returncode}): {done.stdout.strip()[-1000:]}")
    # The node's name is looked up in it.
    (tree / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")


def _mirror() -> str:
    """Where apt gets Debian from on this machine. Raises NotInstalled."""
    listed = ["apt-get", "indextargets", "--format", "$(ORIGIN) $(LABEL) $(REPO_URI)", "Created-By: Packages"]
    done = subprocess.run(listed, env=environment(), capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        if line.startswith("Debian Debian "):
            return line.removeprefix("Debian Debian ")
    raise NotInstalled("apt knows no mirror of Debian; its lists may be missing: apt-get update.")
