"""From outbox to transport: publish in a confirm window, then delete what was confirmed."""

import asyncio
import contextlib
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row, func, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.bus import failpoints, spans
from shared.bus.message import Message
from shared.bus.metrics import BusMetrics
from shared.bus.outbox_notifier import listening
from shared.bus.transport import Failure, Transport
from shared.bus.waiting import wait_for_any
from shared.clock import utc_now
from shared.db.infrastructure import outbox
from shared.db.session import Database

logger = structlog.get_logger("relay")

BATCH = 200
POLL_SECONDS = 1.0
_LOCK = 0x46494348  # 'FICH': one relay at a time per database
_MOST_BACKOFF = 10


@dataclass(frozen=True, slots=True)
class RelayedBatch:
    """Result of a batch. `gone`: rows deleted or set aside; `connection_lost`: nothing gets through now."""

    gone: int
    connection_lost: bool = False


class Relay:
    def __init__(
        self,
        service: str,
        database: Database,
        transport: Transport,
        *,
        poll_seconds: float = POLL_SECONDS,
        metrics: BusMetrics | None = None,
    ) -> None:
        self._metrics = metrics or BusMetrics()
        self._service = service
        self._poll_seconds = poll_seconds
        self._database = database
        self._transport = transport
        self._wake = asyncio.Event()
        database.on_events(self._wake.set)

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until `stop`. A database that goes away is waited for; anything else ends the task."""
        while not stop.is_set():
            try:
                await self._lead(stop)
            except (SQLAlchemyError, OSError) as error:
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
            self._metrics.leading.set(1)
            try:
                async with listening(connection, self._wake.set):
                    await self._relay_until(stop, connection)
            finally:
                self._metrics.leading.set(0)
                # A connection that broke has no lock any more, and its error must not hide a cancellation.
                with contextlib.suppress(SQLAlchemyError, OSError):
                    await connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})

    async def _relay_until(self, stop: asyncio.Event, connection: AsyncConnection) -> None:
        while not stop.is_set():
            self._wake.clear()
            relayed = await self.relay_batch(connection)
            if relayed.connection_lost:
                # Not woken by commits: they would have us knock at a dead broker all the time.
                await wait_for_any(stop, within=self._poll_seconds)
            elif not relayed.gone:
                await self._pause(stop)

    async def relay_batch(self, connection: AsyncConnection) -> RelayedBatch:
        """Publish one batch and delete what was confirmed, in order for each aggregate.

        No cursor over positions: a sequence value is taken before its commit, so `position > last` loses rows.
        """
        rows = (await connection.execute(_DUE, {"now": utc_now(), "batch": BATCH})).all()
        if rows:
            failpoints.reach(failpoints.RELAY_LEASED)
        confirmed: list[int] = []
        refused: dict[UUID, tuple[Row[Any], Failure]] = {}
        lost: Failure | None = None
        for wave in _waves(rows):
            sendable = [row for row in wave if row.aggregate_id not in refused]
            outcomes = await self._publish([Message(row.event_id, row.name, row.body) for row in sendable])
            for row, failure in zip(sendable, outcomes, strict=True):
                if failure is None:
                    confirmed.append(row.position)
                elif failure.link:
                    lost = failure
                else:
                    refused[row.aggregate_id] = row, failure
            if lost:
                logger.warning("connection_lost", service=self._service, waiting=len(rows), error=lost.reason)
                break
        if confirmed:
            failpoints.reach(failpoints.RELAY_CONFIRMED)
            await connection.execute(_DELETE, {"positions": confirmed})
            failpoints.reach(failpoints.RELAY_DELETED)
        for row, failure in refused.values():
            await self._put_off(connection, row, failure)
        return RelayedBatch(len(confirmed), connection_lost=lost is not None)

    async def _publish(self, messages: Sequence[Message]) -> list[Failure | None]:
        started = time.perf_counter()
        with spans.publish(self._service, messages) as span:
            outcomes = await self._transport.publish(messages)
            failures = ["link" if failure.link else "refused" for failure in outcomes if failure]
            spans.published(span, failures)
        self._metrics.publish_seconds.observe(time.perf_counter() - started)
        self._metrics.publish_batch.observe(len(messages))
        self._metrics.count_published(m.name for m, failure in zip(messages, outcomes, strict=True) if not failure)
        self._metrics.count_failures(failures)
        return outcomes

    async def _put_off(self, connection: AsyncConnection, row: Row[Any], failure: Failure) -> None:
        """A row that was refused waits, and its aggregate's later rows with it."""
        logger.warning(
            "not_published", service=self._service, name=row.name, event_id=str(row.event_id), error=failure.reason
        )
        wait = timedelta(seconds=min(2 ** min(row.attempts, 10), _MOST_BACKOFF))
        await connection.execute(
            update(outbox)
            .where(outbox.c.position == row.position)
            .values(attempts=outbox.c.attempts + 1, not_before=utc_now() + wait, last_error=failure.reason[:1000])
        )

    async def _pause(self, stop: asyncio.Event) -> None:
        """Until woken by a commit, here or in another process, stopped, or a second has gone."""
        await wait_for_any(self._wake, stop, within=self._poll_seconds)


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


# What waits holds back the later events of its aggregate.
_DUE = text(
    """
    SELECT position, event_id, aggregate_id, name, body, attempts FROM outbox
    WHERE (not_before IS NULL OR not_before <= :now)
      AND aggregate_id <> ALL (ARRAY(SELECT aggregate_id FROM outbox WHERE not_before > :now))
    ORDER BY position LIMIT :batch
    """
)
_DELETE = text("DELETE FROM outbox WHERE position = ANY (:positions)")
