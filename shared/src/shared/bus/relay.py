"""From outbox to transport: publish in a confirm window, then delete what was confirmed."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Row, delete, func, or_, select, text, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.bus.message import Message
from shared.bus.transport import Transport
from shared.db.base import utc_now
from shared.db.infrastructure import outbox
from shared.db.session import Database

logger = structlog.get_logger("relay")

BATCH = 200
POLL_SECONDS = 1.0
_LOCK = 0x46494348  # 'FICH': one relay at a time per database
_MOST_BACKOFF = 60


class Relay:
    def __init__(self, service: str, database: Database, transport: Transport) -> None:
        self._service = service
        self._database = database
        self._transport = transport
        self._wake = asyncio.Event()
        database.on_events(self._wake.set)

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until `stop`. A database that goes away is waited for; anything else ends the task."""
        while not stop.is_set():
            try:
                await self._lead(stop)
            except (DBAPIError, SQLAlchemyError, OSError, TimeoutError) as error:
                logger.warning("relay_interrupted", service=self._service, error=str(error))
            await self._pause(stop)

    async def _lead(self, stop: asyncio.Event) -> None:
        """Hold the advisory lock on one connection, and relay over that same connection.

        When the connection dies, the lock goes with it; another relay may then publish a row again,
        which the inbox makes harmless.
        """
        async with self._database.engine.connect() as raw:
            connection = await raw.execution_options(isolation_level="AUTOCOMMIT")
            if not await connection.scalar(select(func.pg_try_advisory_lock(_LOCK))):
                return
            try:
                while not stop.is_set():
                    self._wake.clear()
                    if not await self.relay_batch(connection):
                        await self._pause(stop)
            finally:
                await connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})

    async def relay_batch(self, connection: AsyncConnection) -> int:
        """Publish one batch and delete what was confirmed. Answers how many rows are gone.

        No cursor over positions: a sequence value is taken before its commit, so `position > last` loses rows.
        """
        due = or_(outbox.c.not_before.is_(None), outbox.c.not_before <= utc_now())
        rows = (await connection.execute(select(outbox).where(due).order_by(outbox.c.position).limit(BATCH))).all()
        gone = 0
        for wave in _waves(rows):
            outcomes = await self._transport.publish([Message(row.event_id, row.name, row.body) for row in wave])
            confirmed = [row.position for row, error in zip(wave, outcomes, strict=True) if error is None]
            if confirmed:
                await connection.execute(delete(outbox).where(outbox.c.position.in_(confirmed)))
                gone += len(confirmed)
            for row, error in zip(wave, outcomes, strict=True):
                if error is not None:
                    await self._postpone(connection, row, error)
        return gone

    async def _postpone(self, connection: AsyncConnection, row: Row[Any], error: str) -> None:
        logger.warning("not_published", service=self._service, event=row.name, id=str(row.event_id), error=error)
        wait = timedelta(seconds=min(2 ** min(row.attempts, 10), _MOST_BACKOFF))
        await connection.execute(
            update(outbox)
            .where(outbox.c.position == row.position)
            .values(attempts=outbox.c.attempts + 1, not_before=utc_now() + wait, last_error=error[:1000])
        )

    async def _pause(self, stop: asyncio.Event) -> None:
        """Until woken by a commit in this process, stopped, or a second has gone."""
        waiting = [asyncio.ensure_future(self._wake.wait()), asyncio.ensure_future(stop.wait())]
        try:
            await asyncio.wait(waiting, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()


def _waves(rows: Iterable[Row[Any]]) -> Sequence[list[Row[Any]]]:
    """Split a batch so that no wave has two events of one aggregate: at most one is in flight."""
    waves: list[list[Row[Any]]] = []
    seen: dict[Any, int] = {}
    for row in rows:
        index = seen.get(row.aggregate_id, -1) + 1
        seen[row.aggregate_id] = index
        if index == len(waves):
            waves.append([])
        waves[index].append(row)
    return waves
