"""The clock's door: bytes whose time has come are removed, file by file, each in a transaction of its own."""

import asyncio

import structlog

from files import service
from files.storage import Storage
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.worker import Job

logger = structlog.get_logger("sweeper")

_EVERY_SECONDS = 30


def sweeping(database: Database, storage: Storage) -> Job:
    """Sweeps now and then until told to stop. A storage that is away is tried again at the next round."""

    async def sweep_until(stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await sweep(database, storage, stop=stop)
            except Exception as error:
                logger.warning("sweep_failed", service="files", error=str(error))
            try:
                await asyncio.wait_for(stop.wait(), _EVERY_SECONDS)
            except TimeoutError:
                continue
        storage.close()

    return sweep_until


async def sweep(database: Database, storage: Storage, *, stop: asyncio.Event | None = None) -> int:
    """Remove what is due, or what of it is done when `stop` comes; answers how much. Raises StorageUnreachable."""
    removed = 0
    while True:
        async with database.transaction(Scope(org_id=None)) as session:
            due = await service.list_due_removals(session)
        before = removed
        for org_id, file_id in due:
            if stop and stop.is_set():
                return removed
            async with database.transaction(Scope(org_id=org_id)) as session:
                removed += await service.remove_bytes(session, file_id, storage=storage)
        if removed == before:  # nothing is due, or other sweepers have it
            return removed
