"""The in-memory transport: one process hosts publisher and consumers. Nothing is lost over a restart,
because a row leaves the outbox only when every consumer has handled it, or parked it in its own database.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

import orjson
import structlog
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from shared.bus.consumer import Consumer, DatabaseAway, Dead, Retry, Verdict
from shared.bus.dead_letters import store_letters
from shared.bus.message import Message
from shared.bus.transport import Failure, Tap
from shared.clock import utc_now
from shared.db.infrastructure import parked

logger = structlog.get_logger("bus.memory")

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

    def attach(self, consumer: Consumer) -> None:
        self._hub.consumers.append(consumer)
        self._own.append(consumer)

    def tap(self, listener: Tap) -> None:
        self._hub.taps.append(listener)

    def missing(self) -> str | None:
        return None

    def queued(self) -> Mapping[str, int]:
        return {}

    async def close(self) -> None:
        return

    async def publish(self, messages: Sequence[Message]) -> list[Failure | None]:
        try:
            await asyncio.gather(*(self._give(consumer, messages) for consumer in self._hub.consumers))
        except (DatabaseAway, SQLAlchemyError, OSError) as error:
            # Whoever has handled them already will know them when they come again.
            return [Failure(f"{type(error).__name__}: {error}")] * len(messages)
        for tap in self._hub.taps:
            for message in messages:
                tap(message)
        return [None] * len(messages)

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver parked messages again when their time has come."""
        while not stop.is_set():
            for consumer in self._own:
                try:
                    await self._deliver_due(consumer)
                except (DatabaseAway, SQLAlchemyError, OSError) as error:
                    logger.warning("parked_not_reached", consumer=consumer.service, error=str(error))
            try:
                await asyncio.wait_for(stop.wait(), _POLL_SECONDS)
            except TimeoutError:
                continue

    async def _give(self, consumer: Consumer, messages: Sequence[Message]) -> None:
        wanted = [message for message in messages if consumer.subscribes_to(message.name)]
        await self._settle(consumer, wanted, await consumer.handle_all(wanted))

    async def _settle(self, consumer: Consumer, messages: Sequence[Message], verdicts: Sequence[Verdict]) -> None:
        dead: list[Message] = []
        for message, verdict in zip(messages, verdicts, strict=True):
            match verdict:
                case Retry():
                    await self._park(consumer, message, verdict)
                case Dead(headers):
                    dead.append(Message(message.event_id, message.name, message.body, headers))
        await store_letters(consumer, dead)

    async def _park(self, consumer: Consumer, message: Message, verdict: Retry) -> None:
        values = {
            "name": message.name,
            "body": message.body,
            "headers": orjson.dumps(dict(verdict.headers)).decode(),
            "due_at": utc_now() + timedelta(seconds=verdict.seconds),
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
        messages = [Message(row.event_id, row.name, row.body, orjson.loads(row.headers)) for row in due]
        verdicts = await consumer.handle_all(messages)
        await self._settle(consumer, messages, verdicts)
        gone = [
            message.event_id
            for message, verdict in zip(messages, verdicts, strict=True)
            if not isinstance(verdict, Retry)
        ]
        if gone:
            mine = (parked.c.consumer == consumer.service) & parked.c.event_id.in_(gone)
            async with consumer.database.engine.begin() as connection:
                await connection.execute(delete(parked).where(mine))
