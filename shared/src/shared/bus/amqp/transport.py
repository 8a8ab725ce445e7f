"""The RabbitMQ transport: confirmed publishing, quorum queues, retries through wait queues.

Plain connections, reconnected here: a lost connection must never leave a task waiting on an object that looks alive.
Publishing and consuming use separate connections.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from functools import partial

import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage, AbstractQueue
from aio_pika.exceptions import ChannelNotFoundEntity
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from shared.bus import failpoints, log_position, topology
from shared.bus.amqp.connection import (
    CONNECTION_ERRORS,
    bind_log,
    connect,
    declare_consumer,
    ensure_exchange,
    watch,
    with_timeout,
)
from shared.bus.amqp.publisher import Publisher, from_amqp
from shared.bus.amqp.reconciler import Reconciler
from shared.bus.amqp.settlement import settle, until_database_answers
from shared.bus.batcher import Batcher
from shared.bus.consumer import Consumer
from shared.bus.dead_letters import store_letters
from shared.bus.message import Message
from shared.bus.transport import Failure, Tap
from shared.bus.waiting import wait_for_any
from shared.clock import utc_now
from shared.supervision import outlive

logger = structlog.get_logger("bus.amqp")

PREFETCH = 200
RECONCILE_SECONDS = 60.0
DRAIN_SECONDS = 8.0
"""How long handlers in flight may take after `stop`; what is not done by then is delivered again."""
DECLARE_SECONDS = 30.0
"""How long a broker that is starting is waited for: what it keeps may be "down or inaccessible", that is NOT_FOUND."""
_RECONNECT_SECONDS = 1.0
_WATCH_SECONDS = 5.0

Consuming = tuple[AbstractQueue, str]
"""A queue, and the tag of our consumer on it."""
DeliveryBatcher = Batcher[AbstractIncomingMessage]


class AmqpTransport:
    def __init__(
        self, url: str, service: str, *, prefetch: int = PREFETCH, reconcile_seconds: float = RECONCILE_SECONDS
    ) -> None:
        self._url = url
        self._service = service
        self._prefetch = prefetch
        self._reconcile_seconds = reconcile_seconds
        self._consumers: list[Consumer] = []
        self._reconcilers: list[Reconciler] = []
        self._taps: list[Tap] = []
        self._publisher = Publisher(url, service)
        self._registered = False
        self._queued: Mapping[str, int] = {}
        self._working: set[asyncio.Task[None]] = set()

    def attach(self, consumer: Consumer) -> None:
        self._consumers.append(consumer)
        self._reconcilers.append(Reconciler(self._url, consumer, after_seconds=self._reconcile_seconds))

    def tap(self, listener: Tap) -> None:
        self._taps.append(listener)

    def missing(self) -> str | None:
        if (self._consumers or self._taps) and not self._registered:
            return "consumer not registered"
        return "broker unreachable" if self._publisher.unreachable else None

    def queued(self) -> Mapping[str, int]:
        return self._queued

    async def publish(self, messages: Sequence[Message]) -> list[Failure | None]:
        return await self._publisher.publish(messages)

    async def close(self) -> None:
        await self._publisher.drop()

    async def declare(self) -> None:
        """Declare the queues and bindings of the attached consumers, so that nothing published from now on is missed.

        Part of a service's migration: a listener must be there before any publisher starts. Raises OSError or
        AMQPError when the broker is not there within DECLARE_SECONDS, or refuses.
        """
        starting = retry_if_exception_type((OSError, ChannelNotFoundEntity))
        async for attempt in AsyncRetrying(
            retry=starting, stop=stop_after_delay(DECLARE_SECONDS), wait=wait_fixed(_RECONNECT_SECONDS), reraise=True
        ):
            with attempt:
                await self._declare()
        for consumer in self._consumers:
            await log_position.begin(consumer.database.engine, consumer.service)

    async def _declare(self) -> None:
        connection = await connect(self._url, f"{self._service} setup")
        try:
            await self._restore(connection)
        finally:
            with contextlib.suppress(*CONNECTION_ERRORS):
                await with_timeout(connection.close())

    async def run(self, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(outlive(self._keep_serving, stop))
            for reconciler in self._reconcilers:
                tasks.create_task(outlive(reconciler.run, stop))

    async def _keep_serving(self, stop: asyncio.Event) -> None:
        try:
            while not stop.is_set():
                try:
                    await self._serve(stop)
                except CONNECTION_ERRORS as error:
                    logger.warning("consumer_interrupted", service=self._service, error=repr(error))
                finally:
                    self._registered = False
                    self._queued = {}
                await wait_for_any(stop, within=_RECONNECT_SECONDS)
        finally:
            for task in self._working:
                task.cancel()
            await asyncio.gather(*self._working, return_exceptions=True)

    async def _serve(self, stop: asyncio.Event) -> None:
        """One life of the consuming connection: declare, consume, wait for its end or for `stop`."""
        connection = await connect(self._url, f"{self._service} consumer")
        # Otherwise a relay that failed once and has nothing more to publish would say so for ever.
        self._publisher.unreachable = False
        batchers: list[DeliveryBatcher] = []
        try:
            lost = asyncio.Event()
            await ensure_exchange(connection)
            # aio-pika holds what was declared only weakly: this list keeps it alive.
            consuming = [
                await consume(await self._channel(connection, lost), consumer, batchers, lost)
                for consumer in self._consumers
                for consume in (self._consume, self._consume_dead)
            ]
            if self._taps:
                consuming.append(await self._consume_taps(await self._channel(connection, lost)))
            self._registered = True
            while not (stop.is_set() or lost.is_set()):
                if not await wait_for_any(stop, lost, within=_WATCH_SECONDS):
                    await self._look_after(connection, batchers)
            if not lost.is_set():
                for queue, tag in consuming:
                    await with_timeout(queue.cancel(tag))
            if stop.is_set():
                # Also because acks in flight kill a closing channel's whole connection.
                await self._drain(batchers)
        finally:
            for batcher in batchers:
                batcher.abandon()
            with contextlib.suppress(*CONNECTION_ERRORS):
                await with_timeout(connection.close())

    async def _channel(self, connection: AbstractConnection, lost: asyncio.Event) -> AbstractChannel:
        """One for each queue: acks of several deliveries at once count by channel."""
        channel = await with_timeout(connection.channel(on_return_raises=True))
        await watch(connection, channel, lost)
        await with_timeout(channel.set_qos(prefetch_count=self._prefetch))
        return channel

    async def _consume(
        self, channel: AbstractChannel, consumer: Consumer, batchers: list[DeliveryBatcher], lost: asyncio.Event
    ) -> Consuming:
        queue, *_ = await declare_consumer(channel, consumer)
        return await self._deliver(queue, DeliveryBatcher(partial(_settle, channel, consumer), lost), batchers)

    async def _consume_dead(
        self, channel: AbstractChannel, consumer: Consumer, batchers: list[DeliveryBatcher], lost: asyncio.Event
    ) -> Consuming:
        _, dead, *_ = await declare_consumer(channel, consumer)
        return await self._deliver(dead, DeliveryBatcher(partial(_store_dead, consumer), lost), batchers)

    async def _deliver(
        self, queue: AbstractQueue, batcher: DeliveryBatcher, batchers: list[DeliveryBatcher]
    ) -> Consuming:
        batchers.append(batcher)
        self._working.add(batcher.task)
        batcher.task.add_done_callback(self._working.discard)
        return queue, await with_timeout(queue.consume(batcher.receive))

    async def _consume_taps(self, channel: AbstractChannel) -> Consuming:
        exchange = await bind_log(channel)
        queue = await with_timeout(channel.declare_queue(durable=False, exclusive=True, auto_delete=True))
        await with_timeout(queue.bind(exchange, routing_key="#"))

        async def receive(incoming: AbstractIncomingMessage) -> None:
            message = from_amqp(incoming)
            for tap in self._taps:
                tap(message)

        return queue, await with_timeout(queue.consume(receive, no_ack=True))

    async def _look_after(self, connection: AbstractConnection, batchers: Sequence[DeliveryBatcher]) -> None:
        asked = utc_now()
        await self._restore(connection)
        nothing_waits = not any(self._queued[topology.queue(consumer.service)] for consumer in self._consumers)
        if nothing_waits and all(batcher.idle for batcher in batchers):
            for reconciler in self._reconcilers:
                reconciler.caught_up(asked)

    async def _restore(self, connection: AbstractConnection) -> None:
        """Put back queues and bindings that somebody removed, and see what waits in them.

        On a fresh channel: the old one answers from memory.
        """
        await ensure_exchange(connection)
        channel = await with_timeout(connection.channel())
        queues = [queue for consumer in self._consumers for queue in await declare_consumer(channel, consumer)]
        self._queued = {queue.name: queue.declaration_result.message_count or 0 for queue in queues}
        await with_timeout(channel.close())

    async def _drain(self, batchers: Sequence[DeliveryBatcher]) -> None:
        # Deliveries that came before the cancellation are still on their way to their batchers.
        await asyncio.sleep(0.01)
        for batcher in batchers:
            batcher.finish()
        if batchers:
            _, late = await asyncio.wait([batcher.task for batcher in batchers], timeout=DRAIN_SECONDS)
            if late:
                logger.warning("handlers_abandoned", service=self._service, count=len(late))


async def _settle(channel: AbstractChannel, consumer: Consumer, batch: Sequence[AbstractIncomingMessage]) -> None:
    consumer.metrics.redeliveries.inc(sum(bool(incoming.redelivered) for incoming in batch))
    await settle(channel, consumer, [from_amqp(incoming) for incoming in batch])
    await _ack(batch)
    failpoints.reach(failpoints.CONSUMER_ACKED)


async def _store_dead(consumer: Consumer, batch: Sequence[AbstractIncomingMessage]) -> None:
    messages = [from_amqp(incoming) for incoming in batch]
    await until_database_answers(lambda: store_letters(consumer, messages))
    await _ack(batch)


async def _ack(batch: Sequence[AbstractIncomingMessage]) -> None:
    """With one frame: batches are settled in the order of delivery, so nothing unsettled came before the last."""
    await with_timeout(batch[-1].ack(multiple=True))
