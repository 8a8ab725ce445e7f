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
)
from aio_pika.exceptions import AMQPError
from pamqp.commands import Basic

from shared.bus import topology
from shared.bus.consumer import Consumer, Dead, Done, Retry
from shared.bus.message import Message
from shared.bus.transport import Tap
from shared.events.base import CONTENT_TYPE

logger = structlog.get_logger("bus.amqp")

PUBLISH_SECONDS = 10.0
CONNECT_SECONDS = 10.0
HEARTBEAT = 5
_RECONNECT_SECONDS = 1.0

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
        self._in_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def attach(self, consumer: Consumer) -> None:
        self._consumers.append(consumer)

    def tap(self, listener: Tap) -> None:
        self._taps.append(listener)

    def missing(self) -> str | None:
        if (self._consumers or self._taps) and not self._registered:
            return "consumer not registered"
        return None

    async def publish(self, messages: Sequence[Message]) -> list[str | None]:
        try:
            exchange = await self._publishing.exchange()
        except _LINK_ERRORS as error:
            return [f"broker unreachable: {error!r}"] * len(messages)
        outcomes = await asyncio.gather(*(_publish(exchange, message, message.name) for message in messages))
        if any(outcome and outcome.startswith("link:") for outcome in outcomes):
            await self._publishing.drop()
        return list(outcomes)

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
            await self._publishing.drop()

    async def _serve(self, stop: asyncio.Event) -> None:
        """One life of the consuming connection: declare, consume, wait for its end or for `stop`."""
        connection = await _connect(self._url, f"{self._service} consumer")
        try:
            lost = asyncio.Event()
            connection.close_callbacks.add(lambda *_: lost.set())
            channel = await guarded(connection.channel(on_return_raises=True))
            channel.close_callbacks.add(lambda *_: lost.set())
            await guarded(channel.set_qos(prefetch_count=self._prefetch))
            exchange = await _declare_exchange(channel)
            # Both lists keep what aio-pika holds only weakly.
            queues = [await self._start(channel, exchange, consumer) for consumer in self._consumers]
            tapped = [await self._start_tap(channel, exchange)] if self._taps else []
            self._registered = True
            waiting = [asyncio.ensure_future(lost.wait()), asyncio.ensure_future(stop.wait())]
            try:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in waiting:
                    task.cancel()
            if not lost.is_set():
                for queue, tag in [*queues, *tapped]:
                    await guarded(queue.cancel(tag))
                # Acks in flight kill a closing channel's whole connection: drain first.
                await self._idle.wait()
        finally:
            with contextlib.suppress(*_LINK_ERRORS):
                await guarded(connection.close())

    async def _start(
        self, channel: AbstractChannel, exchange: AbstractExchange, consumer: Consumer
    ) -> tuple[AbstractQueue, str]:
        service = consumer.service
        queue = await _declare(channel, topology.queue(service), topology.queue_arguments(service))
        await _declare(channel, topology.dead_queue(service), topology.dead_arguments())
        for seconds in topology.LADDER:
            await _declare(channel, topology.wait_queue(service, seconds), topology.wait_arguments(service, seconds))
        for name in consumer.names:
            await guarded(queue.bind(exchange, routing_key=name))

        async def receive(incoming: AbstractIncomingMessage) -> None:
            self._in_flight += 1
            self._idle.clear()
            try:
                await self._receive(channel, consumer, incoming)
            except _LINK_ERRORS as error:
                # Not acked: the broker delivers it again, and the inbox knows whether it was handled.
                logger.warning("not_settled", service=service, error=repr(error))
            finally:
                self._in_flight -= 1
                if not self._in_flight:
                    self._idle.set()

        return queue, await guarded(queue.consume(receive))

    async def _receive(self, channel: AbstractChannel, consumer: Consumer, incoming: AbstractIncomingMessage) -> None:
        message = _read(incoming)
        verdict = await consumer.handle(message)
        match verdict:
            case Done():
                pass
            case Retry(seconds, headers):
                await self._move(channel, message, headers, topology.wait_queue(consumer.service, seconds))
            case Dead(headers):
                await self._move(channel, message, headers, topology.dead_queue(consumer.service))
        await guarded(incoming.ack())

    async def _move(self, channel: AbstractChannel, message: Message, headers: object, queue: str) -> None:
        """Into another queue, confirmed, before the original is acked."""
        assert isinstance(headers, dict)
        moved = Message(message.event_id, message.name, message.body, headers)
        if error := await _publish(channel.default_exchange, moved, queue):
            raise LinkLost(error)

    async def _start_tap(self, channel: AbstractChannel, exchange: AbstractExchange) -> tuple[AbstractQueue, str]:
        queue = await guarded(channel.declare_queue(exclusive=True, auto_delete=True))
        await guarded(queue.bind(exchange, routing_key="#"))

        async def receive(incoming: AbstractIncomingMessage) -> None:
            message = _read(incoming)
            for tap in self._taps:
                tap(message)

        return queue, await guarded(queue.consume(receive, no_ack=True))


class _Publishing:
    """The publishing connection, made when first needed and again after `drop`."""

    def __init__(self, url: str, service: str) -> None:
        self._url = url
        self._name = f"{service} relay"
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None
        self._exchange: AbstractExchange | None = None

    async def exchange(self) -> AbstractExchange:
        alive = self._channel and not self._channel.is_closed and self._connection and not self._connection.is_closed
        if self._exchange is None or not alive:
            await self.drop()
            self._connection = await _connect(self._url, self._name)
            self._channel = await guarded(self._connection.channel(on_return_raises=True))
            self._exchange = await _declare_exchange(self._channel)
        return self._exchange

    async def drop(self) -> None:
        connection, self._connection, self._channel, self._exchange = self._connection, None, None, None
        if connection:
            with contextlib.suppress(*_LINK_ERRORS):
                await guarded(connection.close())


async def guarded(operation: Awaitable[T], *, within: float = CONNECT_SECONDS) -> T:
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


async def _publish(exchange: AbstractExchange, message: Message, routing_key: str) -> str | None:
    """None when the broker took it; `link: …` when the connection is no longer to be trusted."""
    try:
        confirmation = await guarded(
            exchange.publish(_write(message), routing_key, mandatory=True, timeout=PUBLISH_SECONDS),
            within=PUBLISH_SECONDS + 1,
        )
    except aio_pika.exceptions.DeliveryError as error:
        return f"refused: {error!r}"
    except _LINK_ERRORS as error:
        return f"link: {error!r}"
    return None if isinstance(confirmation, Basic.Ack) else f"refused: {confirmation!r}"


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
