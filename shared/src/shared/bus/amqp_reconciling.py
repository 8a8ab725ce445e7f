"""What a removed binding or a deleted queue took from a consumer: found in the log stream, and handled late.

The log has every event; the inbox has every event that was handled. This compares the two, behind the present and
behind what still waits in the queue: a backlog is late, not lost, and nobody may overtake it.
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
from shared.bus.amqp_link import LINK_ERRORS, connect, declare_log, guarded, watch
from shared.bus.amqp_publishing import read
from shared.bus.amqp_settling import patiently, settle
from shared.bus.consumer import Consumer
from shared.bus.lane import Lane
from shared.bus.pausing import first_of

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
            except (*LINK_ERRORS, SQLAlchemyError) as error:
                logger.warning("reconciler_interrupted", consumer=self._consumer.service, error=repr(error))
            await first_of(stop, within=_AGAIN_SECONDS)

    async def _follow(self, stop: asyncio.Event) -> None:
        position = await log_position.begin(self._consumer.database.engine, self._consumer.service)
        connection = await connect(self._url, f"{self._consumer.service} reconciler")
        try:
            channel = await guarded(connection.channel(on_return_raises=True))
            # Unacked, so many stand for the time that has to pass: the broker keeps the rest.
            await guarded(channel.set_qos(prefetch_count=_PREFETCH))
            log = await declare_log(channel)
            lost = asyncio.Event()
            check = partial(self._check, channel, since=position.began_at - _TICK)
            lane = Lane[AbstractIncomingMessage](check, lost)
            try:
                await watch(connection, channel, lost)
                start: FieldTable = {topology.STREAM_OFFSET: position.checked_until - _OVERLAP}
                await guarded(log.consume(lane.receive, arguments=start))
                while not (stop.is_set() or lost.is_set()):
                    await first_of(stop, lost, within=_IDLE_SECONDS)
            finally:
                lane.task.cancel()  # what was not checked is checked by the next one
                await asyncio.gather(lane.task, return_exceptions=True)
        finally:
            with contextlib.suppress(*LINK_ERRORS):
                await guarded(connection.close())

    async def _check(
        self, channel: AbstractChannel, batch: Sequence[AbstractIncomingMessage], *, since: datetime
    ) -> None:
        newest = max(_published_at(incoming) for incoming in batch)
        while self._caught_up_at < newest + self._after:
            self._news.clear()
            await self._news.wait()
        ours = (read(incoming) for incoming in batch if _published_at(incoming) >= since)
        messages = {message.event_id: message for message in ours if self._consumer.wants(message.name)}
        engine, service = self._consumer.database.engine, self._consumer.service
        absent = await patiently(lambda: inbox.absent(engine, service, list(messages)))
        if absent:
            missed = [messages[event_id] for event_id in messages if event_id in absent]
            logger.warning("events_missed", consumer=service, count=len(missed), first=str(missed[0].event_id))
            await settle(channel, self._consumer, missed)
            self._consumer.metrics.recovered.inc(len(missed))
        await patiently(lambda: log_position.advance(engine, service, newest))
        await guarded(batch[-1].ack(multiple=True))


def _published_at(incoming: AbstractIncomingMessage) -> datetime:
    """A foreign message without a time is as old as can be."""
    at = incoming.timestamp
    if at is None:
        return datetime.fromtimestamp(0, UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
