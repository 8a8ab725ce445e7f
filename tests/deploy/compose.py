"""docker-compose.yml as Docker Compose itself understands it: checked against its schema, merged and filled in."""

import json
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL

from local.env_file import complete
from local.postgres import PROGRAMS
from local.wiring import SERVICES

ROOT = Path(__file__).parents[2]
Container = dict[str, Any]


def _program() -> list[str]:
    """The installed plugin, else the program from PyPI, which is for Linux on x86-64."""
    plugin = ["docker", "compose"]
    if (
        shutil.which("docker")
        and subprocess.run([*plugin, "version"], capture_output=True, check=False).returncode == 0
    ):
        return plugin
    spec = find_spec("compose")
    if spec is None:
        pytest.skip("Checking docker-compose.yml needs Docker Compose.")
    assert spec.submodule_search_locations
    program = Path(spec.submodule_search_locations[0]) / "docker-compose"
    program.chmod(0o755)
    return [str(program)]


def compose(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Without this process's environment: only what the file itself says, and what `--env-file` does."""
    surroundings = {name: os.environ[name] for name in ("HOME", "PATH")}
    command = [*_program(), "--project-directory", str(folder), "--file", str(ROOT / "docker-compose.yml")]
    return subprocess.run(
        [*command, *arguments],
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )


def resolved(folder: Path, *, profiles: str = "*") -> dict[str, Any]:
    """The whole file with secrets made in `folder`."""
    env_file = folder / ".env"
    complete(ROOT / ".env.example", env_file)
    done = compose("--env-file", str(env_file), "--profile", profiles, "config", "--format", "json", folder=folder)
    assert done.returncode == 0, done.stderr
    # What it prints is a compose file again, where a dollar is written twice.
    found: dict[str, Any] = json.loads(done.stdout.replace("$$", "$"))
    return found


def of_ficha(file: dict[str, Any]) -> dict[str, Container]:
    """The containers that run our images, by name."""
    return {name: one for name, one in file["services"].items() if name.partition("-")[0] in SERVICES}


def definitions(file: dict[str, Any]) -> dict[str, Any]:
    """RabbitMQ's users and what each may do."""
    found: dict[str, Any] = json.loads(file["configs"]["rabbitmq-definitions"]["content"])
    return found


def prepare(url: URL, passwords: dict[str, str]) -> None:
    """Make roles and databases as the container of the compose file does. `url` is the superuser's, over a socket."""
    environment = {
        **passwords,
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
        "PGHOST": str(url.query["host"]),
        "PGPORT": str(url.port or 5432),
        "FICHA_SQL": str(ROOT / "deploy/postgres/service.sql"),
    }
    script = ROOT / "deploy/postgres/services.sh"
    done = subprocess.run(["sh", str(script)], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
