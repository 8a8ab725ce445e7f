"""Reads the log stream `ficha.events.log` from its first message to its last, and what comes meanwhile."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Self
from uuid import UUID

import orjson
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage

from shared.bus.amqp.connection import CONNECTION_ERRORS, ConnectionLost, connect, declare_log, watch, with_timeout
from shared.bus.amqp.publisher import from_amqp
from shared.bus.topology import LOG_STREAM, STREAM_OFFSET
from shared.rebuild.replicas import family_of
from shared.rebuild.staging import StagedEvent, Staging

Say = Callable[[str], None]

_AT_ONCE = 1000
"""Messages that came and are not acked yet: at most so many times 64 KiB are in memory."""
_SILENCE_SECONDS = 3.0


class EventLog:
    """Sorts into its stage what the log tells of the events it is asked for.

    It does not know whether that is all there is: the owners' fingerprints tell.
    """

    def __init__(self, stage: Staging, names: frozenset[str], *, end: int, lost: asyncio.Event) -> None:
        self.stage = stage
        self.messages = 0
        self._names = names
        self._end = end
        self._lost = lost
        self._offset = -1
        self._came: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str, service: str, stage: Staging, names: frozenset[str]) -> AsyncIterator[Self]:
        """Raises one of CONNECTION_ERRORS when the broker is away."""
        connection = await connect(url, f"{service} rebuild")
        try:
            lost = asyncio.Event()
            log = cls(stage, names, end=await _last_offset(connection), lost=lost)
            # Not to be let go: the library holds what it declares only weakly.
            channel = await with_timeout(connection.channel())
            await watch(connection, channel, lost)
            await _consume(channel, "first", log._came.put, prefetch=_AT_ONCE)
            yield log
        finally:
            with contextlib.suppress(*CONNECTION_ERRORS):
                await with_timeout(connection.close())

    async def catch_up(self, say: Say) -> None:
        """To where the log ended when it was opened. Raises one of CONNECTION_ERRORS when it breaks off before that."""
        said = time.monotonic()
        while self._offset < self._end:
            with contextlib.suppress(TimeoutError):
                first = await asyncio.wait_for(self._came.get(), 1)
                await self._sort([first, *self._waiting()])
            if self._lost.is_set():
                raise ConnectionLost("the log broke off")
            if time.monotonic() - said > 1:
                said = time.monotonic()
                say(f"{self._offset:,} of {self._end:,} events read from {LOG_STREAM}")

    async def hear(self) -> None:
        """What has come since, without waiting for more. Nothing, once the link is lost."""
        with contextlib.suppress(*CONNECTION_ERRORS):
            await self._sort(self._waiting())

    def _waiting(self) -> list[AbstractIncomingMessage]:
        return [self._came.get_nowait() for _ in range(self._came.qsize())]

    async def _sort(self, came: Sequence[AbstractIncomingMessage]) -> None:
        if not came:
            return
        await self.stage.add(told for incoming in came if (told := self._read(incoming)))
        self.messages += len(came)
        self._offset = _offset_of(came[-1])
        await with_timeout(came[-1].ack(multiple=True))

    def _read(self, incoming: AbstractIncomingMessage) -> StagedEvent | None:
        message = from_amqp(incoming)
        if message.name not in self._names:
            return None
        try:
            envelope = orjson.loads(message.body)
            return StagedEvent(
                org_id=UUID(envelope["orgid"]),
                family=family_of(message.name),
                subject=UUID(envelope["subject"]),
                version=int(envelope["aggregateversion"]),
                gone=bool(envelope["data"].get("deleted")),
                body=message.body,
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return None  # nobody could read it: it is a dead letter of who listens


async def _last_offset(connection: AbstractConnection) -> int:
    """Of one of the last messages, or -1 when there are none, which the broker says only by its silence.

    A stream is kept in chunks; its "last" is the first message of the last chunk. What the broker answers as the number
    of messages lags behind.
    """
    found: asyncio.Queue[int] = asyncio.Queue()

    async def note(incoming: AbstractIncomingMessage) -> None:
        found.put_nowait(_offset_of(incoming))

    channel = await with_timeout(connection.channel())
    try:
        await _consume(channel, "last", note, prefetch=1)
        return await asyncio.wait_for(found.get(), _SILENCE_SECONDS)
    except TimeoutError:
        return -1
    finally:
        await with_timeout(channel.close())


async def _consume(
    channel: AbstractChannel,
    offset: str,
    receive: Callable[[AbstractIncomingMessage], Awaitable[None]],
    *,
    prefetch: int,
) -> None:
    await with_timeout(channel.set_qos(prefetch_count=prefetch))
    log = await declare_log(channel)
    await with_timeout(log.consume(receive, arguments={STREAM_OFFSET: offset}))


def _offset_of(incoming: AbstractIncomingMessage) -> int:
    return int(str(incoming.headers[STREAM_OFFSET]))
