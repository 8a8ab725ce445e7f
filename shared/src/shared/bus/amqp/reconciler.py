"""Reconciliation of the log stream with the inbox: finds the events that a removed binding or a deleted queue lost.

The log has every event, the inbox every event that was handled. The two are compared a minute behind the present and
behind what still waits in the queue: a backlog is late, not lost, and no event may overtake it.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from pamqp.common import FieldTable
from sqlalchemy.exc import SQLAlchemyError

from shared.bus import inbox, log_position, topology
from shared.bus.amqp.connection import CONNECTION_ERRORS, connect, declare_log, watch, with_timeout
from shared.bus.amqp.publisher import from_amqp
from shared.bus.amqp.settlement import settle, until_database_answers
from shared.bus.batcher import Batcher
from shared.bus.consumer import Consumer
from shared.bus.waiting import wait_for_any

logger = structlog.get_logger("bus.reconciler")

_PREFETCH = 500
_AGAIN_SECONDS = 5.0
_IDLE_SECONDS = 60.0
_OVERLAP = timedelta(minutes=1)
"""Clocks of publishers and broker may differ by so much."""
_TICK = timedelta(seconds=1)
"""AMQP counts whole seconds."""


class Reconciler:
    """`after_seconds`: how long before the queue was last seen empty an event must have been published, for its absence
    from the inbox to mean that it never came.
    """

    def __init__(self, url: str, consumer: Consumer, *, after_seconds: float) -> None:
        self._url = url
        self._consumer = consumer
        self._after = timedelta(seconds=after_seconds)
        self._caught_up_at = datetime.fromtimestamp(0, UTC)
        self._news = asyncio.Event()

    def caught_up(self, at: datetime) -> None:
        """Nothing published by then waits in the queue any more."""
        self._caught_up_at = at
        self._news.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. A broker or a database that goes away is waited for."""
        while not stop.is_set():
            try:
                await self._follow(stop)
            except (*CONNECTION_ERRORS, SQLAlchemyError) as error:
                logger.warning("reconciler_interrupted", consumer=self._consumer.service, error=repr(error))
            await wait_for_any(stop, within=_AGAIN_SECONDS)

    async def _follow(self, stop: asyncio.Event) -> None:
        position = await log_position.begin(self._consumer.database.engine, self._consumer.service)
        connection = await connect(self._url, f"{self._consumer.service} reconciler")
        try:
            channel = await with_timeout(connection.channel(on_return_raises=True))
            # Unacked, so many stand for the time that has to pass: the broker keeps the rest.
            await with_timeout(channel.set_qos(prefetch_count=_PREFETCH))
            log = await declare_log(channel)
            lost = asyncio.Event()
            check = partial(self._check, channel, since=position.began_at - _TICK)
            batcher = Batcher[AbstractIncomingMessage](check, lost)
            try:
                await watch(connection, channel, lost)
                start: FieldTable = {topology.STREAM_OFFSET: position.checked_until - _OVERLAP}
                await with_timeout(log.consume(batcher.receive, arguments=start))
                while not (stop.is_set() or lost.is_set()):
                    await wait_for_any(stop, lost, within=_IDLE_SECONDS)
            finally:
                batcher.task.cancel()  # what was not checked is checked by the next one
                await asyncio.gather(batcher.task, return_exceptions=True)
        finally:
            with contextlib.suppress(*CONNECTION_ERRORS):
                await with_timeout(connection.close())

    async def _check(
        self, channel: AbstractChannel, batch: Sequence[AbstractIncomingMessage], *, since: datetime
    ) -> None:
        newest = max(_published_at(incoming) for incoming in batch)
        while self._caught_up_at < newest + self._after:
            self._news.clear()
            await self._news.wait()
        ours = (from_amqp(incoming) for incoming in batch if _published_at(incoming) >= since)
        messages = {message.event_id: message for message in ours if self._consumer.subscribes_to(message.name)}
        engine, service = self._consumer.database.engine, self._consumer.service
        unhandled = await until_database_answers(lambda: inbox.find_unhandled(engine, service, list(messages)))
        if unhandled:
            missed = [messages[event_id] for event_id in messages if event_id in unhandled]
            logger.warning("events_missed", consumer=service, count=len(missed), first=str(missed[0].event_id))
            await settle(channel, self._consumer, missed)
            self._consumer.metrics.recovered.inc(len(missed))
        await until_database_answers(lambda: log_position.advance(engine, service, newest))
        await with_timeout(batch[-1].ack(multiple=True))


def _published_at(incoming: AbstractIncomingMessage) -> datetime:
    """A foreign message without a time is as old as can be."""
    at = incoming.timestamp
    if at is None:
        return datetime.fromtimestamp(0, UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
