"""Connections to RabbitMQ: named, to any node of a cluster, with a timeout on every operation."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable
from typing import TypeVar

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange, AbstractQueue
from aio_pika.exceptions import AMQPError, ChannelNotFoundEntity
from pamqp.common import FieldTable

from shared.bus import topology
from shared.bus.consumer import Consumer

logger = structlog.get_logger("bus.connection")

CONNECT_SECONDS = 10.0
"""For each answer of the broker, and for a connection to any of its nodes."""
HEARTBEAT = 5

T = TypeVar("T")


class ConnectionLost(ConnectionError):
    """The connection died under an operation; whether the broker did it is unknown."""


class _Connection(aio_pika.Connection):
    """Closed by who opened it. The library's own wants to close itself when it is collected, also where it never
    came to be or its end is known already, in whatever loop runs just then.
    """

    def __del__(self) -> None:
        return


CONNECTION_ERRORS = (AMQPError, OSError, TimeoutError, RuntimeError, ConnectionLost)


async def with_timeout(operation: Awaitable[T], within: float | None = None) -> T:
    """Await a broker operation for at most `within` seconds (CONNECT_SECONDS by default); returns its result.

    Raises TimeoutError, ConnectionLost. A dead connection shows as CancelledError in the library: it is told from a
    real cancellation, which is passed on.
    """
    try:
        async with asyncio.timeout(CONNECT_SECONDS if within is None else within):
            return await operation
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task and task.cancelling() > 0:
            raise
        raise ConnectionLost("the connection to the broker is dead") from error


async def connect(urls: str, name: str) -> AbstractConnection:
    """Returns a connection to any node that answers: `urls` are those of one cluster's nodes, separated by commas.

    In random order, so that no node gets all, and a client of a node that is of no use finds another the next time.
    Raises one of CONNECTION_ERRORS when no node answers.
    """
    nodes = urls.split(",")
    properties: FieldTable = {"connection_name": f"ficha {name}"}
    failures = []
    for url in random.sample(nodes, len(nodes)):
        connecting = aio_pika.connect(
            url.strip(), heartbeat=HEARTBEAT, client_properties=properties, connection_class=_Connection
        )
        try:
            return await with_timeout(connecting, within=CONNECT_SECONDS / len(nodes))
        except CONNECTION_ERRORS as error:
            failures.append(error)
            if len(nodes) > 1:  # of one alone, who asked tells
                logger.warning("node_unreachable", node=url.rpartition("@")[2], error=repr(error))
    raise failures[-1]


async def watch(connection: AbstractConnection, channel: AbstractChannel, lost: asyncio.Event) -> None:
    """Set `lost` when one of them ends, or the broker cancels a consumer because its queue was deleted."""
    connection.close_callbacks.add(lambda *_: lost.set())
    channel.close_callbacks.add(lambda *_: lost.set())
    (await channel.get_underlay_channel()).on_consumer_cancel_callbacks.add(lambda _: lost.set())


async def ensure_exchange(connection: AbstractConnection) -> None:
    """Only looked for where it is there, which needs no permission to configure it: who holds that could delete it, and
    from RabbitMQ 4.3 on what each service may publish would go with it. Made where it is missing, by who may.
    """
    with contextlib.suppress(ChannelNotFoundEntity):
        channel = await with_timeout(connection.channel())
        await with_timeout(channel.get_exchange(topology.EXCHANGE, ensure=True))
        await with_timeout(channel.close())
        return
    channel = await with_timeout(connection.channel())
    await with_timeout(channel.declare_exchange(topology.EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True))
    await with_timeout(channel.close())


async def bind_log(channel: AbstractChannel) -> AbstractExchange:
    """The exchange, which `ensure_exchange` saw, with the log bound to it."""
    exchange = await with_timeout(channel.get_exchange(topology.EXCHANGE, ensure=False))
    log = await declare_log(channel)
    await with_timeout(log.bind(exchange, routing_key="#"))
    return exchange


async def declare_log(channel: AbstractChannel) -> AbstractQueue:
    """Declare the replay stream. Returns it."""
    return await _declare(channel, topology.LOG_STREAM, topology.log_arguments())


async def _declare(channel: AbstractChannel, name: str, arguments: topology.Arguments) -> AbstractQueue:
    return await with_timeout(channel.declare_queue(name, durable=True, arguments=dict(arguments)))


async def declare_consumer(channel: AbstractChannel, consumer: Consumer) -> list[AbstractQueue]:
    """Everything a service listens with; answers its queue, that of its dead letters, and those of its retries.

    What is there already stays as it is.
    """
    service = consumer.service
    exchange = await bind_log(channel)
    queue = await _declare(channel, topology.queue(service), topology.queue_arguments(service))
    dead = await _declare(channel, topology.dead_queue(service), topology.dead_arguments())
    waiting = [
        await _declare(channel, topology.wait_queue(service, seconds), topology.wait_arguments(service, seconds))
        for seconds in sorted(set(consumer.retry_delays))
    ]
    for name in consumer.names:
        await with_timeout(queue.bind(exchange, routing_key=name))
    return [queue, dead, *waiting]
