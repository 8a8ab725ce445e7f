"""The link to RabbitMQ: connections that are named, operations that end, and what is declared over them."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange, AbstractQueue
from aio_pika.exceptions import AMQPError

from shared.bus import topology
from shared.bus.consumer import Consumer

CONNECT_SECONDS = 10.0
HEARTBEAT = 5

T = TypeVar("T")


class LinkLost(ConnectionError):
    """The link died under an operation; whether the broker did it is unknown."""


LINK_ERRORS = (AMQPError, OSError, TimeoutError, RuntimeError, LinkLost)


async def guarded(operation: Awaitable[T], within: float | None = None) -> T:
    """Await a broker operation with a limit. A dead link shows as CancelledError there: tell it from a real one."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS if within is None else within):
            return await operation
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task and task.cancelling() > 0:
            raise
        raise LinkLost("the link to the broker is dead") from error


async def connect(url: str, name: str) -> AbstractConnection:
    return await guarded(
        aio_pika.connect(url, heartbeat=HEARTBEAT, client_properties={"connection_name": f"ficha {name}"})
    )


async def watch(connection: AbstractConnection, channel: AbstractChannel, lost: asyncio.Event) -> None:
    """Set `lost` when one of them ends, or the broker cancels a consumer because its queue was deleted."""
    connection.close_callbacks.add(lambda *_: lost.set())
    channel.close_callbacks.add(lambda *_: lost.set())
    (await channel.get_underlay_channel()).on_consumer_cancel_callbacks.add(lambda _: lost.set())


async def declare_exchange(channel: AbstractChannel) -> AbstractExchange:
    exchange = await guarded(channel.declare_exchange(topology.EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True))
    log = await declare_log(channel)
    await guarded(log.bind(exchange, routing_key="#"))
    return exchange


async def declare_log(channel: AbstractChannel) -> AbstractQueue:
    return await _declare(channel, topology.LOG_STREAM, topology.log_arguments())


async def _declare(channel: AbstractChannel, name: str, arguments: topology.Arguments) -> AbstractQueue:
    return await guarded(channel.declare_queue(name, durable=True, arguments=dict(arguments)))


async def declare_consumer(channel: AbstractChannel, consumer: Consumer) -> tuple[AbstractQueue, AbstractQueue]:
    """Everything a service listens with; answers its queue and that of its dead letters.

    What is there already stays as it is.
    """
    service = consumer.service
    exchange = await declare_exchange(channel)
    queue = await _declare(channel, topology.queue(service), topology.queue_arguments(service))
    dead = await _declare(channel, topology.dead_queue(service), topology.dead_arguments())
    for seconds in sorted(set(consumer.ladder)):
        await _declare(channel, topology.wait_queue(service, seconds), topology.wait_arguments(service, seconds))
    for name in consumer.names:
        await guarded(queue.bind(exchange, routing_key=name))
    return queue, dead
