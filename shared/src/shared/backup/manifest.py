"""What is in a backup, and whether it is all still there as it was written."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from shared.backup.errors import BackupFailed

DATABASE = "database.dump"
"""In pg_dump's custom format."""
OBJECTS = "objects"
_FILE = "manifest.json"


class Part(BaseModel):
    """A file of the backup. `path` from its folder, with slashes; `sha256` in lower-case hex."""

    path: str
    bytes: int
    sha256: str


class Manifest(BaseModel):
    """Written last: a folder without one is no backup. `revision`: of the schema, as its migrations name it."""

    format: Literal[1] = 1
    service: str
    made_at: datetime
    revision: str
    parts: list[Part]

    @property
    def objects(self) -> list[Part]:
        return [part for part in self.parts if part.path.startswith(f"{OBJECTS}/")]

    def write(self, folder: Path) -> None:
        (folder / _FILE).write_text(self.model_dump_json(indent=1))


def read_manifest(folder: Path, service: str) -> Manifest:
    """Of what `backup` made there. Raises BackupFailed, also for another service's."""
    try:
        manifest = Manifest.model_validate_json((folder / _FILE).read_bytes())
    except FileNotFoundError:
        raise BackupFailed(f"There is no backup of {service} in {folder}.") from None
    except ValidationError:
        raise BackupFailed(f"{folder / _FILE} is not the manifest of a backup that this version can read.") from None
    if manifest.service != service:
        raise BackupFailed(f"The backup in {folder} is of {manifest.service}, not of {service}.")
    return manifest


def verify(folder: Path, manifest: Manifest) -> Iterator[Part]:
    """Each part once it is seen to be as it was. Raises BackupFailed at the first that is not."""
    for part in manifest.parts:
        path = folder / part.path
        if not path.is_file() or describe(path, part.path) != part:
            raise BackupFailed(f"{path} is damaged or missing: restore from another backup.")
        yield part


def describe(path: Path, name: str) -> Part:
    """Returns the file at `path` as a part called `name`: its size in bytes and its SHA-256 in hex. Blocking."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return Part(path=name, bytes=path.stat().st_size, sha256=digest.hexdigest())
