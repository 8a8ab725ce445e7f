"""The in-memory transport: one process hosts publisher and consumers. Nothing is lost over a restart,
because a row leaves the outbox only when every consumer has handled it, or parked it in its own database.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson
import structlog
from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from shared.bus.consumer import Consumer, Dead, Done, Retry
from shared.bus.message import Message
from shared.bus.transport import Failure, Tap
from shared.db.base import utc_now
from shared.db.infrastructure import parked

logger = structlog.get_logger("bus.memory")

_AT_ONCE = 16
_POLL_SECONDS = 0.25


class MemoryHub:
    """What the transports of one process share: who listens."""

    def __init__(self) -> None:
        self.consumers: list[Consumer] = []
        self.taps: list[Tap] = []


class MemoryTransport:
    """One service's end of the hub."""

    def __init__(self, hub: MemoryHub) -> None:
        self._hub = hub
        self._own: list[Consumer] = []
        self._slots = asyncio.Semaphore(_AT_ONCE)

    def attach(self, consumer: Consumer) -> None:
        self._hub.consumers.append(consumer)
        self._own.append(consumer)

    def tap(self, listener: Tap) -> None:
        self._hub.taps.append(listener)

    def missing(self) -> str | None:
        return None

    async def close(self) -> None:
        return

    async def publish(self, messages: Sequence[Message]) -> list[Failure | None]:
        return list(await asyncio.gather(*(self._publish(message) for message in messages)))

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver parked messages again when their time has come."""
        while not stop.is_set():
            for consumer in self._own:
                try:
                    await self._deliver_due(consumer)
                except (SQLAlchemyError, OSError) as error:
                    logger.warning("parked_not_reached", consumer=consumer.service, error=str(error))
            try:
                await asyncio.wait_for(stop.wait(), _POLL_SECONDS)
            except TimeoutError:
                continue

    async def _publish(self, message: Message) -> Failure | None:
        async with self._slots:
            try:
                for consumer in self._hub.consumers:
                    if consumer.wants(message.name):
                        verdict = await consumer.handle(message)
                        if not isinstance(verdict, Done):
                            await self._park(consumer, message, verdict)
            except (SQLAlchemyError, OSError) as error:
                return Failure(f"{type(error).__name__}: {error}")
            for tap in self._hub.taps:
                tap(message)
            return None

    async def _park(self, consumer: Consumer, message: Message, verdict: Retry | Dead) -> None:
        due_at = utc_now() + timedelta(seconds=verdict.seconds) if isinstance(verdict, Retry) else None
        values = {
            "name": message.name,
            "body": message.body,
            "headers": orjson.dumps(dict(verdict.headers)).decode(),
            "due_at": due_at,
        }
        async with consumer.database.engine.begin() as connection:
            await connection.execute(
                insert(parked)
                .values(consumer=consumer.service, event_id=message.event_id, **values)
                .on_conflict_do_update(index_elements=["consumer", "event_id"], set_=values)
            )

    async def _deliver_due(self, consumer: Consumer) -> None:
        async with consumer.database.engine.connect() as connection:
            due = (
                await connection.execute(
                    select(parked)
                    .where(parked.c.consumer == consumer.service, parked.c.due_at <= utc_now())
                    .order_by(parked.c.due_at)
                    .limit(100)
                )
            ).all()
        await asyncio.gather(*(self._deliver_again(consumer, row) for row in due))

    async def _deliver_again(self, consumer: Consumer, row: Row[Any]) -> None:
        message = Message(row.event_id, row.name, row.body, orjson.loads(row.headers))
        verdict = await consumer.handle(message)
        if not isinstance(verdict, Done):
            await self._park(consumer, message, verdict)
            return
        mine = (parked.c.consumer == consumer.service) & (parked.c.event_id == row.event_id)
        async with consumer.database.engine.begin() as connection:
            await connection.execute(delete(parked).where(mine))
