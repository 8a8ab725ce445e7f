"""The traps of aio-pika around what is declared: gone after a restart, held weakly, answered from memory. And beside
each that our transport does not step in.
"""

import ast
import asyncio
import gc
import inspect
import weakref
from functools import partial
from pathlib import Path

import aio_pika
import pytest
from aio_pika.exceptions import ChannelNotFoundEntity, ChannelPreconditionFailed

import shared.bus
from local.rabbitmq import RabbitMQ
from shared.bus import topology
from shared.bus.amqp.transport import DECLARE_SECONDS, AmqpTransport
from shared.bus.relay import Relay
from shared.db.session import Database
from shared.db.tenancy import Scope
from tests.shared.bus.transports import (
    ON_THING,
    AmqpTransports,
    channel_to,
    exists,
    listening,
    message_of,
    missing,
    record,
    registered,
    running,
    see,
    unique,
)
from tests.support.tcp_proxy import TcpProxy
from tests.support.waiting import until

# What is declared without a word on it goes when the broker restarts.


async def test_only_what_is_declared_durable_is_there_after_a_restart(
    rabbitmq: RabbitMQ, amqp: AmqpTransports, publisher: Database, listener: Database, scope: Scope
) -> None:
    for declare in (aio_pika.Channel.declare_queue, aio_pika.Channel.declare_exchange):
        assert inspect.signature(declare).parameters["durable"].default is False
    consumer, subscriber = listening(amqp, listener, ON_THING)
    assert isinstance(subscriber, AmqpTransport)
    await subscriber.declare()
    ours = [topology.queue(consumer.service), topology.dead_queue(consumer.service), topology.LOG_STREAM]
    ours += [topology.wait_queue(consumer.service, seconds) for seconds in consumer.retry_delays]
    theirs = unique("default")
    out = amqp.transport(unique("probe"))
    event = await record(publisher, scope)
    async with channel_to(amqp.url) as channel:
        await channel.declare_queue(theirs)
    assert await out.publish([message_of(event)]) == [None]
    await asyncio.to_thread(rabbitmq.stop)
    await asyncio.to_thread(rabbitmq.start)
    for queue in ours:
        # What is durable may be "down or inaccessible" for a moment, which is NOT_FOUND too.
        await until(partial(exists, amqp.url, queue), what=queue)
    assert not await exists(amqp.url, theirs)
    async with running(subscriber):
        await see(listener, [event])


async def test_a_broker_that_only_starts_is_waited_for(
    rabbitmq: RabbitMQ, amqp: AmqpTransports, listener: Database
) -> None:
    consumer, subscriber = listening(amqp, listener, ON_THING)
    assert isinstance(subscriber, AmqpTransport)
    await asyncio.to_thread(rabbitmq.stop)
    declaring = asyncio.create_task(subscriber.declare())
    await asyncio.to_thread(rabbitmq.start)
    await declaring
    assert await exists(amqp.url, topology.queue(consumer.service))


async def test_a_broker_that_has_another_queue_of_that_name_is_not_waited_for(
    amqp: AmqpTransports, listener: Database
) -> None:
    consumer, subscriber = listening(amqp, listener, ON_THING)
    assert isinstance(subscriber, AmqpTransport)
    async with channel_to(amqp.url) as channel:
        await channel.declare_queue(topology.queue(consumer.service), durable=True)
    with pytest.raises(ChannelPreconditionFailed):
        async with asyncio.timeout(DECLARE_SECONDS / 2):
            await subscriber.declare()


def calls() -> list[tuple[str, str, set[str]]]:
    """(place, method, keywords) of every method call in the bus."""
    return [
        (f"{path.name}:{node.lineno}", node.func.attr, {keyword.arg or "**" for keyword in node.keywords})
        for path in sorted(Path(shared.bus.__file__).parent.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]


def test_every_declaration_says_whether_it_is_durable() -> None:
    declarations = [call for call in calls() if call[1] in ("declare_queue", "declare_exchange")]
    assert declarations
    assert [place for place, _, keywords in declarations if "durable" not in keywords] == []


# What was declared is held weakly.


async def test_a_queue_that_nobody_keeps_never_says_that_it_was_closed(amqp: AmqpTransports) -> None:
    async with channel_to(amqp.url) as channel:
        said: list[str] = []
        kept = await channel.declare_queue(exclusive=True)
        kept.close_callbacks.add(lambda *_: said.append("kept"))
        lost = await channel.declare_queue(exclusive=True)
        lost.close_callbacks.add(lambda *_: said.append("lost"))
        still = weakref.ref(lost)
        del lost
        gc.collect()
        assert still() is None
        await channel.close()
    assert said == ["kept"]


async def test_collecting_garbage_costs_no_delivery_and_no_notice(
    far: AmqpTransports, proxy: TcpProxy, publisher: Database, listener: Database, scope: Scope
) -> None:
    consumer, subscriber = listening(far, listener, ON_THING)
    out = far.transport(unique("probe"))
    async with running(subscriber, out, Relay("probe", publisher, out)):
        for _ in range(3):
            gc.collect()
            await see(listener, [await record(publisher, scope)])
        proxy.reset()
        await until(missing(subscriber))
        await registered(subscriber)
        gc.collect()
        await see(listener, [await record(publisher, scope)])
        async with channel_to(far.url) as channel:
            await channel.queue_delete(topology.queue(consumer.service))
        await until(missing(subscriber))
        await registered(subscriber)
        await see(listener, [await record(publisher, scope)])


def test_nothing_iterates_over_a_queue_nor_reconnects_behind_our_back() -> None:
    assert [place for place, method, _ in calls() if method in ("iterator", "connect_robust")] == []


# A declaration is answered from memory.


async def test_a_robust_channel_knows_a_queue_that_is_gone(amqp: AmqpTransports) -> None:
    name = unique("gone")
    robust = await aio_pika.connect_robust(amqp.url)
    channel = await robust.channel()
    declared = await channel.declare_queue(name, durable=True)
    async with channel_to(amqp.url) as other:
        await other.queue_delete(name)
        assert await channel.declare_queue(name, durable=True, passive=True) is declared
        with pytest.raises(ChannelNotFoundEntity):
            await other.declare_queue(name, durable=True, passive=True)
    await robust.close()


async def test_a_waiting_queue_that_is_gone_is_missed_though_nobody_uses_it(
    amqp: AmqpTransports, listener: Database, impatient: None
) -> None:
    """Nothing tells of it: it has no consumer, and no message is on its way there."""
    consumer, subscriber = listening(amqp, listener, ON_THING)
    waiting = topology.wait_queue(consumer.service, 1)
    async with running(subscriber):
        async with channel_to(amqp.url) as channel:
            await channel.queue_delete(waiting)
        await until(partial(exists, amqp.url, waiting))
