"""The RabbitMQ transport: confirmed publishing, quorum queues, retries through wait queues.

Plain connections, reconnected here: a lost link must never leave a task waiting on an object that
looks alive. Publishing and consuming use separate connections.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

import aio_pika
import structlog
from aio_pika.abc import (
    AbstractChannel,
    AbstractConnection,
    AbstractExchange,
    AbstractIncomingMessage,
    AbstractQueue,
    PublishResultType,
)
from aio_pika.exceptions import AMQPError
from pamqp.commands import Basic

from shared.bus import topology
from shared.bus.consumer import Consumer, Dead, Done, Retry
from shared.bus.message import Headers, Message
from shared.bus.transport import Failure, Tap
from shared.events.base import CONTENT_TYPE

logger = structlog.get_logger("bus.amqp")

PUBLISH_SECONDS = 10.0
CONNECT_SECONDS = 10.0
HEARTBEAT = 5
DRAIN_SECONDS = 8.0
"""How long handlers in flight may take after `stop`; what is not done by then is delivered again."""
_RECONNECT_SECONDS = 1.0
_WATCH_SECONDS = 5.0

T = TypeVar("T")


class LinkLost(ConnectionError):
    """The link died under an operation; whether the broker did it is unknown."""


_LINK_ERRORS = (AMQPError, OSError, TimeoutError, RuntimeError, LinkLost)


class AmqpTransport:
    def __init__(self, url: str, service: str, *, prefetch: int = 50) -> None:
        self._url = url
        self._service = service
        self._prefetch = prefetch
        self._consumers: list[Consumer] = []
        self._taps: list[Tap] = []
        self._publishing = _Publishing(url, service)
        self._registered = False
        self._in_flight: set[asyncio.Task[None]] = set()

    def attach(self, consumer: Consumer) -> None:
        self._consumers.append(consumer)

    def tap(self, listener: Tap) -> None:
        self._taps.append(listener)

    def missing(self) -> str | None:
        if (self._consumers or self._taps) and not self._registered:
            return "consumer not registered"
        return "broker unreachable" if self._publishing.unreachable else None

    async def publish(self, messages: Sequence[Message]) -> list[Failure | None]:
        return await self._publishing.publish(messages)

    async def close(self) -> None:
        await self._publishing.drop()

    async def declare(self) -> None:
        """Make the queues of the attached consumers, so that nothing published from now on passes them by.

        Part of a service's migration: a listener must be there before any publisher starts. Raises OSError,
        AMQPError or TimeoutError when the broker is away.
        """
        connection = await _connect(self._url, f"{self._service} setup")
        try:
            await self._restore(connection)
        finally:
            await guarded(connection.close())

    async def run(self, stop: asyncio.Event) -> None:
        try:
            while not stop.is_set():
                try:
                    await self._serve(stop)
                except _LINK_ERRORS as error:
                    logger.warning("consumer_interrupted", service=self._service, error=repr(error))
                finally:
                    self._registered = False
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _RECONNECT_SECONDS)
        finally:
            for task in self._in_flight:
                task.cancel()

    async def _serve(self, stop: asyncio.Event) -> None:
        """One life of the consuming connection: declare, consume, wait for its end or for `stop`."""
        connection = await _connect(self._url, f"{self._service} consumer")
        try:
            lost = asyncio.Event()
            channel = await guarded(connection.channel(on_return_raises=True))
            connection.close_callbacks.add(lambda *_: lost.set())
            channel.close_callbacks.add(lambda *_: lost.set())
            # The broker cancels consumers of a queue that is deleted, and says nothing more.
            (await channel.get_underlay_channel()).on_consumer_cancel_callbacks.add(lambda _: lost.set())
            await guarded(channel.set_qos(prefetch_count=self._prefetch))
            # aio-pika holds what was declared only weakly: these lists keep it alive.
            consuming = [await self._consume(channel, consumer, lost) for consumer in self._consumers]
            tapped = [await self._consume_taps(channel)] if self._taps else []
            self._registered = True
            while not (stop.is_set() or lost.is_set()):
                if not await _either(stop, lost, within=_WATCH_SECONDS):
                    await self._restore(connection)
            if not lost.is_set():
                for queue, tag in [*consuming, *tapped]:
                    await guarded(queue.cancel(tag))
            if stop.is_set():
                # Also because acks in flight kill a closing channel's whole connection.
                await self._drain()
        finally:
            with contextlib.suppress(*_LINK_ERRORS):
                await guarded(connection.close())

    async def _consume(
        self, channel: AbstractChannel, consumer: Consumer, lost: asyncio.Event
    ) -> tuple[AbstractQueue, str]:
        queue = await _declare_consumer(channel, consumer)

        async def settle(incoming: AbstractIncomingMessage) -> None:
            try:
                await self._settle(channel, consumer, incoming)
            except Exception as error:
                # Not acked: delivered again to the next connection, and the inbox knows whether it was handled.
                logger.warning("not_settled", service=consumer.service, exc_info=error)
                lost.set()

        async def receive(incoming: AbstractIncomingMessage) -> None:
            # A task of ours: aio-pika cancels its own when the link is lost, in the middle of a handler.
            task = asyncio.create_task(settle(incoming))
            self._in_flight.add(task)
            task.add_done_callback(self._in_flight.discard)

        return queue, await guarded(queue.consume(receive))

    async def _settle(self, channel: AbstractChannel, consumer: Consumer, incoming: AbstractIncomingMessage) -> None:
        message = _read(incoming)
        verdict = await consumer.handle(message)
        match verdict:
            case Done():
                pass
            case Retry(seconds, headers):
                await _move(channel, message, headers, topology.wait_queue(consumer.service, seconds))
            case Dead(headers):
                await _move(channel, message, headers, topology.dead_queue(consumer.service))
        await guarded(incoming.ack())

    async def _consume_taps(self, channel: AbstractChannel) -> tuple[AbstractQueue, str]:
        exchange = await _declare_exchange(channel)
        queue = await guarded(channel.declare_queue(exclusive=True, auto_delete=True))
        await guarded(queue.bind(exchange, routing_key="#"))

        async def receive(incoming: AbstractIncomingMessage) -> None:
            message = _read(incoming)
            for tap in self._taps:
                tap(message)

        return queue, await guarded(queue.consume(receive, no_ack=True))

    async def _restore(self, connection: AbstractConnection) -> None:
        """Put back queues and bindings that somebody removed. On a fresh channel: the old one answers from memory."""
        channel = await guarded(connection.channel())
        for consumer in self._consumers:
            await _declare_consumer(channel, consumer)
        await guarded(channel.close())

    async def _drain(self) -> None:
        # Deliveries that came before the cancellation are still being turned into tasks.
        await asyncio.sleep(0.01)
        if self._in_flight:
            _, late = await asyncio.wait(self._in_flight, timeout=DRAIN_SECONDS)
            if late:
                logger.warning("handlers_abandoned", service=self._service, count=len(late))


class _Publishing:
    """The publishing connection, made when first needed and again after `drop`."""

    def __init__(self, url: str, service: str) -> None:
        self._url = url
        self._name = f"{service} relay"
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None
        self._exchange: AbstractExchange | None = None
        self.unreachable = False

    async def publish(self, messages: Sequence[Message]) -> list[Failure | None]:
        try:
            exchange = await self._ready()
        except _LINK_ERRORS as error:
            self.unreachable = True
            await self.drop()
            return [Failure(f"broker unreachable: {error!r}", link=True)] * len(messages)
        self.unreachable = False
        outcomes = await _publish(exchange, messages)
        if any(outcomes):
            # A connection that lost a message, or an exchange without its stream: set up anew next time.
            await self.drop()
        return outcomes

    async def drop(self) -> None:
        connection, self._connection, self._channel, self._exchange = self._connection, None, None, None
        if connection:
            with contextlib.suppress(*_LINK_ERRORS):
                await guarded(connection.close())

    async def _ready(self) -> AbstractExchange:
        alive = self._channel and not self._channel.is_closed and self._connection and not self._connection.is_closed
        if self._exchange is None or not alive:
            await self.drop()
            self._connection = await _connect(self._url, self._name)
            self._channel = await guarded(self._connection.channel(on_return_raises=True))
            self._exchange = await _declare_exchange(self._channel)
        return self._exchange


async def guarded(operation: Awaitable[T], within: float = CONNECT_SECONDS) -> T:
    """Await a broker operation with a limit. A dead link shows as CancelledError there: tell it from a real one."""
    try:
        async with asyncio.timeout(within):
            return await operation
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task and task.cancelling() > 0:
            raise
        raise LinkLost("the link to the broker is dead") from error


async def _connect(url: str, name: str) -> AbstractConnection:
    return await guarded(
        aio_pika.connect(url, heartbeat=HEARTBEAT, client_properties={"connection_name": f"ficha {name}"})
    )


async def _declare_exchange(channel: AbstractChannel) -> AbstractExchange:
    exchange = await guarded(channel.declare_exchange(topology.EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True))
    stream = await _declare(channel, topology.LOG_STREAM, topology.log_arguments())
    await guarded(stream.bind(exchange, routing_key="#"))
    return exchange


async def _declare(channel: AbstractChannel, name: str, arguments: topology.Arguments) -> AbstractQueue:
    return await guarded(channel.declare_queue(name, durable=True, arguments=dict(arguments)))


async def _declare_consumer(channel: AbstractChannel, consumer: Consumer) -> AbstractQueue:
    """Everything a service listens with. What is there already stays as it is."""
    service = consumer.service
    exchange = await _declare_exchange(channel)
    queue = await _declare(channel, topology.queue(service), topology.queue_arguments(service))
    await _declare(channel, topology.dead_queue(service), topology.dead_arguments())
    for seconds in sorted(set(consumer.ladder)):
        await _declare(channel, topology.wait_queue(service, seconds), topology.wait_arguments(service, seconds))
    for name in consumer.names:
        await guarded(queue.bind(exchange, routing_key=name))
    return queue


async def _move(channel: AbstractChannel, message: Message, headers: Headers, queue: str) -> None:
    """Into another queue, confirmed, before the original is acked."""
    moved = Message(message.event_id, message.name, message.body, headers)
    [failure] = await _publish(channel.default_exchange, [moved], to=queue)
    if failure:
        raise LinkLost(failure.reason)


async def _publish(
    exchange: AbstractExchange, messages: Sequence[Message], *, to: str | None = None
) -> list[Failure | None]:
    """All at once, by their names or `to` one queue. One limit for all: a timer for each costs a fifth of the rate."""
    if not messages:
        return []
    publishing = [
        asyncio.create_task(exchange.publish(_write(message), to or message.name, mandatory=True))
        for message in messages
    ]
    try:
        await asyncio.wait(publishing, timeout=PUBLISH_SECONDS)
        return [_outcome(task) for task in publishing]
    finally:
        for task in publishing:
            task.cancel()


def _outcome(publishing: asyncio.Task[PublishResultType | None]) -> Failure | None:
    if not publishing.done():
        # One queue of several may be without a leader: only this event's way is known to be blocked.
        return Failure(f"not confirmed within {PUBLISH_SECONDS:.0f} s")
    if publishing.cancelled():  # as a dead link shows itself
        return Failure("link lost", link=True)
    error = publishing.exception()
    if error:
        refused = isinstance(error, aio_pika.exceptions.DeliveryError) or not isinstance(error, _LINK_ERRORS)
        return Failure(f"{'refused' if refused else 'link lost'}: {error!r}", link=not refused)
    confirmation = publishing.result()
    return None if isinstance(confirmation, Basic.Ack) else Failure(f"refused: {confirmation!r}")


async def _either(*events: asyncio.Event, within: float) -> bool:
    """Whether one of them was set in time."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    try:
        done, _ = await asyncio.wait(waiting, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
    return bool(done)


def _write(message: Message) -> aio_pika.Message:
    return aio_pika.Message(
        message.body,
        headers={"ce-id": str(message.event_id), "ce-type": message.name, **message.headers},
        content_type=CONTENT_TYPE,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        message_id=str(message.event_id),
        type=message.name,
        timestamp=datetime.now(UTC),
        app_id=f"ficha-{message.name.split('.')[1]}" if message.name.count(".") else None,
    )


def _read(incoming: AbstractIncomingMessage) -> Message:
    """A foreign message without our properties still gets a name and an id: it ends as a dead letter, with a cause."""
    try:
        event_id = UUID(incoming.message_id or "")
    except ValueError:
        event_id = UUID(int=0)
    headers = {
        key: value
        for key, value in incoming.headers.items()
        if key.startswith("x-ficha-") and isinstance(value, str | int)
    }
    return Message(event_id, incoming.type or incoming.routing_key or "", incoming.body, headers)
