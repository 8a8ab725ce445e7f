"""What aio-pika does to messages, links and acks behind one's back: each trap as it is, so that a release that changes
it is noticed, and beside it that our transport does not step in.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import aio_pika
import pytest
from aio_pika.abc import AbstractIncomingMessage, AbstractQueue
from aio_pika.exceptions import PublishError
from aiormq.exceptions import ConnectionChannelError
from pamqp.commands import Basic

from shared.bus import topology
from shared.bus.amqp import publisher as amqp_publisher
from shared.bus.amqp.connection import ConnectionLost, with_timeout
from shared.bus.amqp.transport import AmqpTransport
from shared.bus.consumer import Consumer, Verdict
from shared.bus.message import Message
from shared.bus.relay import Relay
from shared.db.session import Database
from shared.db.tenancy import Scope
from tests.shared.bus.transports import (
    ON_THING,
    AmqpTransports,
    channel_to,
    count_in,
    drained,
    listening,
    message_of,
    record,
    record_many,
    registered,
    running,
    see,
    through,
    unique,
    waiting_rows,
)
from tests.support.probe import effects
from tests.support.tcp_proxy import TcpProxy, Way
from tests.support.waiting import until

MESSAGE = aio_pika.Message(b"x", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)


async def deliveries(queue: AbstractQueue, count: int) -> list[AbstractIncomingMessage]:
    """So many of them, not acked."""
    found: list[AbstractIncomingMessage] = []
    enough = asyncio.Event()

    async def receive(message: AbstractIncomingMessage) -> None:
        found.append(message)
        if len(found) == count:
            enough.set()

    await queue.consume(receive)
    await asyncio.wait_for(enough.wait(), 10)
    return found


# An unroutable message counts as published.


async def test_aio_pika_takes_what_was_returned_for_published(amqp: AmqpTransports) -> None:
    async with await aio_pika.connect(amqp.url) as connection:
        channel = await connection.channel()
        exchange = await channel.declare_exchange(unique("nobody"), durable=True)
        assert not isinstance(await exchange.publish(MESSAGE, "nobody.listens"), Basic.Ack)
        strict = await (await connection.channel(on_return_raises=True)).get_exchange(exchange.name)
        with pytest.raises(PublishError):
            await strict.publish(MESSAGE, "nobody.listens")
        await exchange.delete()


async def test_what_nobody_takes_is_refused(amqp: AmqpTransports, publisher: Database, scope: Scope) -> None:
    out = amqp.transport(unique("probe"))
    message = message_of(await record(publisher, scope))
    assert await out.publish([message]) == [None]
    async with channel_to(amqp.url) as channel:
        await (await channel.get_queue(topology.LOG_STREAM)).unbind(topology.EXCHANGE, "#")
    [failure] = await out.publish([message])
    assert failure
    assert failure.reason.startswith("refused")
    assert not failure.link
    assert await out.publish([message]) == [None], "the stream was not bound again"
    await out.close()


# A dead link shows as a cancellation that nobody asked for.


async def test_a_dead_link_ends_a_task_silently_unless_it_is_guarded(proxy: TcpProxy) -> None:
    connection = await aio_pika.connect(through(proxy), heartbeat=1)
    exchange = (await connection.channel()).default_exchange
    caught: list[Exception] = []

    async def publish() -> None:
        try:
            await exchange.publish(MESSAGE, "anywhere")
        except Exception as error:
            caught.append(error)

    proxy.swallow()
    bare = asyncio.create_task(publish())
    safe = asyncio.create_task(with_timeout(exchange.publish(MESSAGE, "anywhere"), within=60))
    await asyncio.wait([bare, safe], timeout=30)  # it takes 3 × (heartbeat + 1) s
    assert bare.cancelled()
    assert bare.cancelling() == 0, "somebody did cancel it"
    assert caught == []
    assert isinstance(safe.exception(), ConnectionLost)
    await connection.close()


async def test_a_publish_into_a_black_hole_ends_before_the_link_is_found_dead(
    far: AmqpTransports, proxy: TcpProxy, publisher: Database, scope: Scope, impatient: None
) -> None:
    out = far.transport(unique("probe"))
    message = message_of(await record(publisher, scope))
    assert await out.publish([message]) == [None]
    proxy.swallow()
    [failure] = await out.publish([message])
    assert failure
    assert failure.reason == "not confirmed within 1 s"
    await out.close()


async def test_a_relay_outlives_a_black_hole(
    far: AmqpTransports, proxy: TcpProxy, publisher: Database, scope: Scope, impatient: None
) -> None:
    out = far.transport(unique("probe"))
    stop = asyncio.Event()
    relaying = asyncio.create_task(Relay("probe", publisher, out).run(stop))
    await record(publisher, scope)
    await drained(publisher)
    proxy.swallow()
    event = await record(publisher, scope)

    async def noticed() -> bool:
        return out.missing() == "broker unreachable"

    await until(noticed)
    assert not relaying.done()
    assert await waiting_rows(publisher) == [event.id]
    await proxy.heal()
    await drained(publisher)
    stop.set()
    await relaying
    await out.close()


async def test_who_is_really_cancelled_ends_also_while_the_broker_does_not_answer(
    far: AmqpTransports, proxy: TcpProxy, publisher: Database, listener: Database, scope: Scope, impatient: None
) -> None:
    _, subscriber = listening(far, listener, ON_THING)
    out = far.transport(unique("probe"))
    events = [await record(publisher, scope) for _ in range(2)]
    assert await out.publish([message_of(events[0])]) == [None]
    never = asyncio.Event()
    tasks = [asyncio.create_task(part.run(never)) for part in (subscriber, Relay("probe", publisher, out))]
    await registered(subscriber)
    proxy.swallow()
    publishing = asyncio.create_task(out.publish([message_of(events[1])]))
    # By then the consumer looks after its queues, the publisher waits for its confirmation.
    done, _ = await asyncio.wait([*tasks, publishing], timeout=0.8)
    assert not done
    for task in (*tasks, publishing):
        task.cancel()
    await asyncio.wait([*tasks, publishing], timeout=20)
    assert [task.cancelled() for task in (*tasks, publishing)] == [True] * 3


# An ack that meets the closing of its channel kills the whole connection.


async def test_an_ack_on_a_closing_channel_kills_its_connection(proxy: TcpProxy) -> None:
    connection = await aio_pika.connect(through(proxy))
    ends: list[BaseException | None] = []
    connection.close_callbacks.add(lambda _, error: ends.append(error))
    channel, neighbour = await connection.channel(), await connection.channel()
    queue = await channel.declare_queue(exclusive=True)
    await channel.default_exchange.publish(MESSAGE, queue.name)
    [message] = await deliveries(queue, 1)
    proxy.hold(Way.TO_CLIENT)  # what the broker says about the closing is still under way
    closing = asyncio.ensure_future(channel.close())
    done, _ = await asyncio.wait([closing], timeout=0.1)
    assert not done
    await message.ack()
    await proxy.heal()

    async def ended() -> bool:
        return bool(ends)

    await until(ended)
    assert isinstance(ends[0], ConnectionChannelError)
    assert neighbour.is_closed
    await asyncio.wait([closing], timeout=5)
    await connection.close()


async def test_stopping_under_load_delivers_nothing_again_that_was_done(
    amqp: AmqpTransports, publisher: Database, listener: Database, scope: Scope
) -> None:
    done, gate = asyncio.Event(), asyncio.Event()

    class Dawdler(Consumer):
        async def handle_all(self, messages: Sequence[Message]) -> list[Verdict]:
            verdicts = await super().handle_all(messages)
            done.set()
            await gate.wait()
            return verdicts

    consumer = Dawdler(unique("listener"), listener, [ON_THING])
    subscriber, out = amqp.transport(consumer.service), amqp.transport(unique("probe"))
    subscriber.attach(consumer)
    assert isinstance(subscriber, AmqpTransport)
    await subscriber.declare()
    events = await record_many(publisher, scope, 600)
    async with running(out, Relay("probe", publisher, out)):
        await drained(publisher)
    stop = asyncio.Event()
    hearing = asyncio.create_task(subscriber.run(stop))
    await asyncio.wait_for(done.wait(), 20)
    stop.set()
    asyncio.get_running_loop().call_later(0.3, gate.set)  # the acks come after everything else has stopped
    await asyncio.wait_for(hearing, 10)
    handled = len(await effects(listener))
    assert 0 < handled < len(events), "it was not stopped in the middle"
    async with channel_to(amqp.url) as channel:

        async def left() -> bool:
            return await count_in(channel, topology.queue(consumer.service)) == len(events) - handled

        await until(left, what="in the queue what was not done, and nothing else")
    again = amqp.transport(consumer.service)
    again.attach(consumer)
    async with running(again):
        await see(listener, events)


# A publish that timed out may be delivered all the same.


async def test_what_timed_out_arrives_later(amqp: AmqpTransports, proxy: TcpProxy) -> None:
    connection = await aio_pika.connect(through(proxy))
    exchange = (await connection.channel()).default_exchange
    async with channel_to(amqp.url) as channel:
        queue = await channel.declare_queue(exclusive=True)
        proxy.hold()
        with pytest.raises(TimeoutError):
            await exchange.publish(MESSAGE, queue.name, timeout=0.1)
        assert await count_in(channel, queue.name) == 0
        await proxy.heal()
        assert await until(lambda: count_in(channel, queue.name)) == 1
    await connection.close()


async def test_an_event_that_arrives_though_its_publish_timed_out_has_one_effect(
    amqp: AmqpTransports,
    proxy: TcpProxy,
    publisher: Database,
    listener: Database,
    scope: Scope,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(amqp_publisher, "PUBLISH_SECONDS", 0.3)
    _, subscriber = listening(amqp, listener, ON_THING)
    arrived: Counter[UUID] = Counter()
    subscriber.tap(lambda message: arrived.update([message.event_id]))
    out = AmqpTransport(through(proxy), "probe")
    async with running(subscriber, out, Relay("probe", publisher, out, poll_seconds=0.1)):
        await see(listener, [await record(publisher, scope)])
        proxy.delay(0.2)
        late = await record(publisher, scope)
        await see(listener, [late])
        assert await waiting_rows(publisher) == [late.id], "it was confirmed in time"
        await proxy.heal()
        await drained(publisher)

        async def twice() -> bool:
            return arrived[late.id] >= 2

        await until(twice)
        await see(listener, [late, await record(publisher, scope)])


# An ack that waits for its turn when the connection ends waits for ever.


async def test_an_ack_in_line_outlives_its_connection(amqp: AmqpTransports) -> None:
    connection = await aio_pika.connect(amqp.url)
    channel = await connection.channel()
    queue = await channel.declare_queue(exclusive=True)
    for _ in range(30):
        await channel.default_exchange.publish(MESSAGE, queue.name)
    acks = [asyncio.create_task(message.ack()) for message in await deliveries(queue, 30)]
    await asyncio.wait(acks, timeout=0)
    await connection.close()
    ended, waiting = await asyncio.wait(acks, timeout=0.5)
    assert ended
    assert waiting
    for ack in waiting:
        with pytest.raises(TimeoutError):
            await with_timeout(ack, within=0.01)
