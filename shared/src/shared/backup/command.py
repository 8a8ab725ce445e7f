"""A whole backup and a whole restore of one service."""

import argparse
import shutil
import time
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC
from pathlib import Path

import asyncpg

from shared.backup.errors import BackupFailed
from shared.backup.manifest import DATABASE, OBJECTS, Manifest, Part, describe, read_manifest, verify
from shared.backup.objects import Kept, ObjectStore
from shared.backup.postgres import Server, is_used, others_connected
from shared.clock import utc_now
from shared.errors import FichaError

Say = Callable[[str], None]

_SAY_SECONDS = 2.0
_PIECE_BYTES = 1024 * 1024


def add_restore(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `restore`: the folder, and `--replace`."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="what `backup` made")
    parser.add_argument("--replace", action="store_true", help="give up what the database has now")


async def backup(service: str, server: Server, objects: ObjectStore | None, folder: Path, *, say: Say) -> Manifest:
    """Into `folder`, which must not be there yet; the service goes on meanwhile. Raises BackupFailed.

    The rows are those of one moment, and the objects those that these rows speak of.
    """
    if folder.exists():
        raise BackupFailed(f"{folder} is there already: name another folder.")
    began = time.monotonic()
    under_way = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(under_way, ignore_errors=True)
    under_way.mkdir(mode=0o700, parents=True)
    made_at = utc_now()
    async with server.connected() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        say(f"{service}: dumping the database …")
        await server.dump(await connection.fetchval("SELECT pg_export_snapshot()"), under_way / DATABASE)
        revision = await connection.fetchval("SELECT version_num FROM alembic_version")
        kept = await objects.listed(connection) if objects else ()
    parts = [describe(under_way / DATABASE, DATABASE)]
    progress = _Progress(f"{service}: saving objects", len(kept), say)
    for one in kept:
        assert objects
        parts.append(await _save(objects, one, under_way))
        progress.step(one.size)
    manifest = Manifest(service=service, made_at=made_at, revision=revision, parts=parts)
    manifest.write(under_way)
    under_way.rename(folder)
    size = sum(part.bytes for part in parts)
    say(f"{service}: {len(kept):,} objects and the database, {_megabytes(size)} in {time.monotonic() - began:.1f} s")
    return manifest


async def restore(
    service: str,
    server: Server,
    objects: ObjectStore | None,
    folder: Path,
    *,
    afterwards: Sequence[str],
    replace: bool,
    say: Say,
) -> Manifest:
    """What `backup` put there, instead of what the database has now. The service must not run. Raises BackupFailed.

    Everything is looked through before anything is touched, and the rows change in one transaction.
    """
    manifest = read_manifest(folder, service)
    if manifest.objects and objects is None:
        raise BackupFailed(f"The backup has objects, and {service} keeps none.")
    progress = _Progress(f"{service}: checking", len(manifest.parts), say)
    for part in verify(folder, manifest):
        progress.step(part.bytes)
    async with server.connected() as connection:
        await _demand_free(service, connection, replace=replace)
    progress = _Progress(f"{service}: restoring objects", len(manifest.objects), say)
    for part in manifest.objects:
        assert objects
        await _put(objects, part, folder)
        progress.step(part.bytes)
    say(f"{service}: restoring the database …")
    await server.restore(folder / DATABASE, afterwards)
    made = manifest.made_at.astimezone(UTC)
    say(f"{service}: as it was on {made:%Y-%m-%d at %H:%M:%S} UTC, schema {manifest.revision}")
    return manifest


async def _demand_free(service: str, connection: asyncpg.Connection, *, replace: bool) -> None:
    if others := await others_connected(connection):
        raise BackupFailed(f"{others} connections to the database of {service} are open: stop the service first.")
    if not replace and await is_used(connection):
        raise BackupFailed(f"The database of {service} is not empty; with --replace it is given up for the backup.")


async def _save(objects: ObjectStore, kept: Kept, folder: Path) -> Part:
    name = f"{OBJECTS}/{kept.key}"
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise BackupFailed(f"The object {kept.key} has a key that is no path.")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("wb") as file:
            async for chunk in await objects.fetch(kept):
                file.write(chunk)
    except FichaError as error:
        raise BackupFailed(f"The object {kept.key} cannot be read: {error.detail or error.title}") from error
    part = describe(path, name)
    if (part.bytes, part.sha256) != (kept.size, kept.sha256):
        raise BackupFailed(f"The object {kept.key} is not what its row says: the storage has damaged it.")
    return part


async def _put(objects: ObjectStore, part: Part, folder: Path) -> None:
    key = part.path.removeprefix(f"{OBJECTS}/")
    try:
        await objects.put(key, _chunks(folder / part.path))
    except FichaError as error:
        raise BackupFailed(f"The object {key} cannot be written: {error.detail or error.title}") from error


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_PIECE_BYTES):
            yield chunk


class _Progress:
    """A line every other second while something takes long."""

    def __init__(self, what: str, count: int, say: Say) -> None:
        self._what, self._count, self._say = what, count, say
        self._done = self._bytes = 0
        self._next = time.monotonic() + _SAY_SECONDS

    def step(self, size: int) -> None:
        self._done += 1
        self._bytes += size
        if time.monotonic() > self._next:
            self._say(f"{self._what}: {self._done:,} of {self._count:,}, {_megabytes(self._bytes)}")
            self._next = time.monotonic() + _SAY_SECONDS


def _megabytes(size: int) -> str:
    return f"{size / 1024**2:,.1f} MB"
