"""One process with every service in it, over the in-memory bus."""

import asyncio

from local.home import Home
from local.programs import program_of
from local.wiring import SERVICES, Endpoints
from shared.bus.memory import MemoryHub, MemoryTransport
from shared.db.session import Database
from shared.gc_tuning import tune_gc
from shared.process.parts import Parts


async def serve_all(home: Home, endpoints: Endpoints, stop: asyncio.Event) -> None:
    """Run every service until `stop`. Raises when any part dies."""
    hub = MemoryHub()
    assembled = [_assemble(service, home, endpoints, hub) for service in SERVICES]
    tune_gc()
    try:
        async with asyncio.TaskGroup() as tasks:
            # Only now: every consumer is attached, so no relay can publish past one.
            for _, parts in assembled:
                await parts.start(tasks, stop)
    finally:
        for database, _ in assembled:
            await database.close()


def _assemble(service: str, home: Home, endpoints: Endpoints, hub: MemoryHub) -> tuple[Database, Parts]:
    program, settings = program_of(service, home, endpoints)
    database = Database.from_settings(service, settings)
    return database, program.assemble(settings, database, MemoryTransport(hub))
