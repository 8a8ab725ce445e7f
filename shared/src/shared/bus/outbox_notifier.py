"""LISTEN / NOTIFY from a process that only answers HTTP to the relay in another one: there is something to publish."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.bus.waiting import wait_for_any
from shared.db.session import Database

logger = structlog.get_logger("outbox_notifier")

_CHANNEL = "ficha_outbox"
_QUIET_SECONDS = 0.005
"""Many commits notify once."""
_AGAIN_SECONDS = 1.0
_IDLE_SECONDS = 60.0


class OutboxNotifier:
    """Notifies after commits that recorded events. A lost notification costs nothing: the relay also polls each second.

    In a statement of its own: a NOTIFY inside the writing transactions would let only one commit at a time.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending = asyncio.Event()
        database.on_events(self._pending.set)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. A database that goes away is waited for."""
        while not stop.is_set():
            try:
                await self._notify_until(stop)
            except (SQLAlchemyError, OSError) as error:
                logger.warning("outbox_not_notified", error=str(error))
                await wait_for_any(stop, within=_AGAIN_SECONDS)

    async def _notify_until(self, stop: asyncio.Event) -> None:
        async with self._database.engine.connect() as raw:
            connection = await raw.execution_options(isolation_level="AUTOCOMMIT")
            while not stop.is_set():
                if await wait_for_any(self._pending, stop, within=_IDLE_SECONDS) and not stop.is_set():
                    self._pending.clear()
                    await connection.execute(_NOTIFY)
                    await wait_for_any(stop, within=_QUIET_SECONDS)


@contextlib.asynccontextmanager
async def listening(connection: AsyncConnection, wake: Callable[[], None]) -> AsyncIterator[None]:
    """While inside, `wake` is called in this process at each notification."""
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver

    def on_notification(*_: object) -> None:
        wake()

    await driver.add_listener(_CHANNEL, on_notification)
    try:
        yield
    finally:
        # A connection that broke listens to nothing any more.
        with contextlib.suppress(Exception):
            await driver.remove_listener(_CHANNEL, on_notification)


_NOTIFY = text(f"NOTIFY {_CHANNEL}")
