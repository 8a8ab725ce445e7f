"""Between a process that only answers HTTP and the relay in another: tells it that there is something to publish."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.bus.pausing import first_of
from shared.db.session import Database

logger = structlog.get_logger("doorbell")

_CHANNEL = "ficha_outbox"
_QUIET_SECONDS = 0.005
"""Many commits ring once."""
_AGAIN_SECONDS = 1.0
_IDLE_SECONDS = 60.0


class Doorbell:
    """Rings after commits that recorded events. Who is not heard costs nothing: the relay also looks each second.

    In a statement of its own: a NOTIFY inside the writing transactions would let only one commit at a time.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pressed = asyncio.Event()
        database.on_events(self._pressed.set)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. A database that goes away is waited for."""
        while not stop.is_set():
            try:
                await self._ring_until(stop)
            except (SQLAlchemyError, OSError) as error:
                logger.warning("doorbell_silent", error=str(error))
                await first_of(stop, within=_AGAIN_SECONDS)

    async def _ring_until(self, stop: asyncio.Event) -> None:
        async with self._database.engine.connect() as raw:
            connection = await raw.execution_options(isolation_level="AUTOCOMMIT")
            while not stop.is_set():
                if await first_of(self._pressed, stop, within=_IDLE_SECONDS) and not stop.is_set():
                    self._pressed.clear()
                    await connection.execute(_RING)
                    await first_of(stop, within=_QUIET_SECONDS)


@contextlib.asynccontextmanager
async def heard_by(connection: AsyncConnection, wake: Callable[[], None]) -> AsyncIterator[None]:
    """While inside, `wake` is called in this process each time somebody rings."""
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver

    def on_ring(*_: object) -> None:
        wake()

    await driver.add_listener(_CHANNEL, on_ring)
    try:
        yield
    finally:
        # A connection that broke listens to nothing any more.
        with contextlib.suppress(Exception):
            await driver.remove_listener(_CHANNEL, on_ring)


_RING = text(f"NOTIFY {_CHANNEL}")
