"""The images of the services: built and run by Docker where its engine runs, else by Debian's buildah and podman.

Without Docker nothing is asked of an image registry: the base image is made from Debian's packages.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.distribution import environment, find, find_or_install
from local.wiring import SERVICES

_BASE = "localhost/ficha-base"
_NEEDED_FOR = "Building images without a Docker engine"
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_PACKAGES = ("python3", "python3-venv", "ca-certificates")

# What a container may take from a machine that hands out no control groups.
_PODMAN = ("podman", "--cgroup-manager", "cgroupfs", "--runtime", "runc")
_PODMAN_LIMITS = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024")
_NO_TIMERS = "--no-healthcheck"
"""Podman has systemd repeat health checks, and complains where there is none."""

Say = Callable[[str], None]


class ImageFailed(Exception):
    """A command ended with an error; the message has its last words."""


@dataclass(frozen=True, slots=True)
class Engine:
    """`builder` and `runner` are how commands begin; `base` is the image to build upon, or None for the usual one."""

    builder: tuple[str, ...]
    runner: tuple[str, ...]
    run_options: tuple[str, ...] = ()
    base: str | None = None

    def build(self, service: str, *, root: Path, tag: str) -> str:
        """Answers the image's name. Raises ImageFailed."""
        name = f"ficha-{service}:{tag}"
        arguments = {"SERVICE": service, "REVISION": _revision(root), **({"BASE": self.base} if self.base else {})}
        given = [part for key, value in arguments.items() for part in ("--build-arg", f"{key}={value}")]
        run(*self.builder, *given, "--file", root / "deploy/Dockerfile", "--tag", name, root)
        return name

    def control(self, *arguments: str | Path) -> str:
        """`docker …` or `podman …`; answers what it prints. Raises ImageFailed."""
        return run(*self.runner, *arguments)

    def start(self, *arguments: str | Path) -> str:
        """`run` with what this machine needs."""
        return self.control("run", *self.run_options, *arguments)


def engine() -> Engine:
    """Docker, or what takes its place; installed where that is possible. Raises NotInstalled, ImageFailed."""
    base = os.environ.get("FICHA_BASE")
    if find("docker") and subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0:
        return Engine(("docker", "build"), ("docker",), base=base)
    for program in ("buildah", "podman", "runc"):
        find_or_install(program, program, needed_for=_NEEDED_FOR)
    builder = ("buildah", "build", "--format", "docker", "--isolation", "chroot", "--layers")
    return Engine(builder, _PODMAN, (*_PODMAN_LIMITS, _NO_TIMERS), base or _debian())


def build_all(say: Say, *, root: Path, tag: str = "latest", services: Sequence[str] = SERVICES) -> Engine:
    chosen = engine()
    for service in services:
        say(f"Building ficha-{service}:{tag} …")
        chosen.build(service, root=root, tag=tag)
    return chosen


def run(*command: str | Path) -> str:
    """What it prints. Raises ImageFailed."""
    parts = [str(part) for part in command]
    done = subprocess.run(parts, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-3000:]
        raise ImageFailed(f"{' '.join(parts[:3])} … failed ({done.returncode}):\n{said}")
    return done.stdout.strip()


def _debian() -> str:
    """A small Debian of this machine's release with Python, and the authorities that this machine trusts."""
    release = _release()
    name = f"{_BASE}:{release}"
    if subprocess.run([*_PODMAN, "image", "exists", name], env=environment(), check=False).returncode == 0:
        return name
    debootstrap = find_or_install("debootstrap", "debootstrap", needed_for=_NEEDED_FOR)
    with tempfile.TemporaryDirectory(prefix="ficha-base-") as folder:
        tree, archive = Path(folder) / "tree", Path(folder) / "tree.tar"
        run(debootstrap, "--variant=minbase", f"--include={','.join(_PACKAGES)}", release, tree)
        if _CERTIFICATES.exists():
            shutil.copy(_CERTIFICATES, tree / _CERTIFICATES.relative_to("/"))
        for unused in ("var/cache/apt/archives", "var/lib/apt/lists", "usr/share/doc", "usr/share/man"):
            shutil.rmtree(tree / unused, ignore_errors=True)
        run("tar", "--create", "--file", archive, "--directory", tree, ".")
        run(*_PODMAN, "import", archive, name)
    return name


def _release() -> str:
    lines = Path("/etc/os-release").read_text().splitlines()
    found = dict(line.split("=", 1) for line in lines if "=" in line)
    return found["VERSION_CODENAME"].strip('"')


def _revision(root: Path) -> str:
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
