"""docker-compose.yml as Docker Compose itself understands it: checked against its schema, merged and filled in."""

import json
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from local.env_file import complete
from local.wiring import SERVICES

ROOT = Path(__file__).parents[2]
Container = dict[str, Any]


def _program() -> Path:
    spec = find_spec("compose")
    assert spec
    assert spec.submodule_search_locations
    program = Path(spec.submodule_search_locations[0]) / "docker-compose"
    program.chmod(0o755)
    return program


def compose(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Without this process's environment: only what the file itself says, and what `--env-file` does."""
    command = [str(_program()), "--project-directory", str(folder), "--file", str(ROOT / "docker-compose.yml")]
    return subprocess.run(
        [*command, *arguments], env={"HOME": str(folder)}, capture_output=True, text=True, check=False, cwd=folder
    )


def resolved(folder: Path, *, profiles: str = "*") -> dict[str, Any]:
    """The whole file with secrets made in `folder`."""
    env_file = folder / ".env"
    complete(ROOT / ".env.example", env_file)
    done = compose("--env-file", str(env_file), "--profile", profiles, "config", "--format", "json", folder=folder)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def of_ficha(file: dict[str, Any]) -> dict[str, Container]:
    """The containers that run our images, by name."""
    return {name: one for name, one in file["services"].items() if name.partition("-")[0] in SERVICES}
