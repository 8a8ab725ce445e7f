"""What only a broker can do to us: restart, freeze, refuse, lose its queues and bindings."""

import asyncio
from dataclasses import replace
from uuid import UUID

import aio_pika
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from local.rabbitmq import RabbitMQ
from shared.bus import log_position, topology
from shared.bus.amqp.transport import AmqpTransport
from shared.bus.consumer import Consumer, Subscription
from shared.bus.relay import Relay
from shared.db.infrastructure import outbox
from shared.db.session import Database
from shared.db.tenancy import Scope
from tests.shared.bus.transports import (
    ON_THING,
    AmqpTransports,
    channel_to,
    dead_letters,
    drained,
    listening,
    message_of,
    missing,
    record,
    registered,
    running,
    see,
    unique,
    waiting_rows,
)
from tests.support.probe import ThingChanged, on_thing_changed
from tests.support.waiting import until


async def test_an_event_that_nothing_takes_stays_in_the_outbox_until_something_does(
    amqp: AmqpTransports, publisher: Database, scope: Scope
) -> None:
    out = amqp.transport(unique("probe"))
    assert await out.publish([message_of(await record(publisher, scope))]) == [None]
    async with channel_to(amqp.url) as channel:
        stream = await channel.get_queue(topology.LOG_STREAM)
        await stream.unbind(topology.EXCHANGE, "#")

    relay = Relay("probe", publisher, out)
    async with publisher.engine.connect() as raw:
        connection = await raw.execution_options(isolation_level="AUTOCOMMIT")
        assert (await relay.relay_batch(connection)).gone == 0
        [(reason, attempts)] = (await connection.execute(select(outbox.c.last_error, outbox.c.attempts))).all()
    assert attempts == 1
    assert reason.startswith("refused")
    async with running(out, relay):  # which puts the binding back
        await drained(publisher)


async def test_what_routers_and_logs_want_to_know_stands_outside_the_body_too(
    amqp: AmqpTransports, publisher: Database, listener: Database, scope: Scope
) -> None:
    consumer, subscriber = listening(amqp, listener, ON_THING)
    assert isinstance(subscriber, AmqpTransport)
    await subscriber.declare()
    event = await record(publisher, replace(scope, correlation_id="request-7"))
    assert await amqp.transport(unique("probe")).publish([message_of(event)]) == [None]
    async with channel_to(amqp.url) as channel:
        message = await (await channel.get_queue(topology.queue(consumer.service))).get(no_ack=True)
    assert (message.message_id, message.type) == (str(event.id), event.name)
    assert (message.correlation_id, message.app_id) == ("request-7", "ficha-probe")
    assert message.content_type == "application/cloudevents+json"
    assert (message.headers["ce-id"], message.headers["ce-type"]) == (str(event.id), event.name)


async def test_a_broker_that_is_away_costs_no_row_an_attempt(publisher: Database, scope: Scope) -> None:
    out = AmqpTransport("amqp://guest:guest@127.0.0.1:1/", "probe")
    event = await record(publisher, scope)
    async with publisher.engine.connect() as raw:
        connection = await raw.execution_options(isolation_level="AUTOCOMMIT")
        relayed = await Relay("probe", publisher, out).relay_batch(connection)
        assert (relayed.gone, relayed.connection_lost) == (0, True)
        assert (await connection.execute(select(outbox.c.event_id, outbox.c.attempts))).all() == [(event.id, 0)]
    assert out.missing() == "broker unreachable"


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_a_backlog_drains_by_itself_when_the_broker_is_back(
    rabbitmq: RabbitMQ, amqp: AmqpTransports, publisher: Database, listener: Database, scope: Scope, end: str
) -> None:
    _, subscriber = listening(amqp, listener, ON_THING)
    out = amqp.transport(unique("probe"))
    async with running(Relay("probe", publisher, out), out, subscriber):
        before = [await record(publisher, scope) for _ in range(20)]
        await see(listener, before)
        if end == "kill":
            await _written_down()
        await asyncio.to_thread(getattr(rabbitmq, end))
        meanwhile = [await record(publisher, scope) for _ in range(300)]
        assert set(await waiting_rows(publisher)) >= {event.id for event in meanwhile}
        assert await until(missing(subscriber), within=20) == "consumer not registered"
        await asyncio.to_thread(rabbitmq.start)
        await see(listener, [*before, *meanwhile], within=30)
        await drained(publisher)
        await registered(subscriber)


async def _written_down() -> None:
    """RabbitMQ 3.10, when killed, loses quorum queues of the last second, and never tells when that is over."""
    await asyncio.sleep(2)


async def test_a_frozen_broker_stops_the_relay_only_while_it_is_frozen(
    rabbitmq: RabbitMQ, amqp: AmqpTransports, publisher: Database, listener: Database, scope: Scope
) -> None:
    _, subscriber = listening(amqp, listener, ON_THING)
    out = amqp.transport(unique("probe"))
    async with running(Relay("probe", publisher, out), out, subscriber):
        await see(listener, [await record(publisher, scope)])
        rabbitmq.pause()
        try:
            events = [await record(publisher, scope) for _ in range(20)]

            async def noticed() -> bool:
                async with publisher.engine.connect() as connection:
                    tried = (await connection.execute(select(outbox.c.attempts))).scalars().all()
                return out.missing() is not None or any(tried)

            await until(noticed, within=30, what="the relay noticing")
        finally:
            rabbitmq.resume()
        await see(listener, events, within=30)
        await drained(publisher)


async def test_a_queue_that_somebody_deletes_is_made_again_and_listened_to(
    amqp: AmqpTransports, publisher: Database, listener: Database, scope: Scope
) -> None:
    consumer, subscriber = listening(amqp, listener, ON_THING)
    out = amqp.transport(unique("probe"))
    async with running(Relay("probe", publisher, out), out, subscriber):
        async with channel_to(amqp.url) as channel:
            await channel.queue_delete(topology.queue(consumer.service))
        await until(missing(subscriber))
        await registered(subscriber)
        await see(listener, [await record(publisher, scope)])


async def test_a_binding_that_somebody_removes_is_put_back(
    amqp: AmqpTransports, publisher: Database, listener: Database, scope: Scope
) -> None:
    consumer, subscriber = listening(amqp, listener, ON_THING)
    out = amqp.transport(unique("probe"))
    async with running(Relay("probe", publisher, out), out, subscriber):
        async with channel_to(amqp.url) as channel:
            queue = await channel.get_queue(topology.queue(consumer.service))
            await queue.unbind(topology.EXCHANGE, ON_THING.event.name)

        async def heard() -> bool:
            event = await record(publisher, scope)
            try:
                await see(listener, [event], within=0.5)
            except AssertionError:
                return False
            return True

        await until(heard, within=15)


async def test_events_that_lay_in_a_deleted_queue_are_fetched_from_the_log(
    amqp: AmqpTransports, publisher: Database, listener: Database, scope: Scope
) -> None:
    consumer = Consumer(unique("listener"), listener, [ON_THING])
    subscriber = amqp.reconciling(consumer.service, after=0.5)
    subscriber.attach(consumer)
    out = amqp.transport(unique("probe"))
    async with running(Relay("probe", publisher, out), out):
        async with running(subscriber):
            first = await record(publisher, scope)
            await see(listener, [first])
        lost = [await record(publisher, scope) for _ in range(20)]
        await drained(publisher)
        async with channel_to(amqp.url) as channel:
            assert (await channel.queue_delete(topology.queue(consumer.service))).message_count == len(lost)
        again = amqp.reconciling(consumer.service, after=0.5)
        again.attach(consumer)
        async with running(again):
            await see(listener, [first, *lost])


async def test_events_that_passed_a_removed_binding_are_fetched_from_the_log(
    amqp: AmqpTransports, publisher: Database, listener: Database, scope: Scope
) -> None:
    consumer = Consumer(unique("listener"), listener, [ON_THING], retry_delays=(1,))
    subscriber = amqp.reconciling(consumer.service, after=0.5)
    subscriber.attach(consumer)
    out = amqp.transport(unique("probe"))
    async with running(Relay("probe", publisher, out), out, subscriber):
        async with channel_to(amqp.url) as channel:
            queue = await channel.get_queue(topology.queue(consumer.service))
            await queue.unbind(topology.EXCHANGE, ON_THING.event.name)
            events = [await record(publisher, scope) for _ in range(20)]
            await drained(publisher)
        await see(listener, events)


async def test_an_event_that_fails_is_not_taken_for_one_that_never_came(
    amqp: AmqpTransports, publisher: Database, listener: Database, scope: Scope
) -> None:
    async def fail(_: AsyncSession, __: ThingChanged) -> None:
        raise LookupError("never")

    consumer = Consumer(unique("listener"), listener, [Subscription(ThingChanged, fail)], retry_delays=())
    subscriber = amqp.reconciling(consumer.service, after=0.5)
    subscriber.attach(consumer)
    out = amqp.transport(unique("probe"))
    async with running(Relay("probe", publisher, out), out, subscriber):
        await record(publisher, scope)
        [dead] = await until(lambda: dead_letters(consumer))
        last = await record(publisher, scope)

        async def checked_past_both() -> bool:
            position = await log_position.begin(listener.engine, consumer.service)
            return position.checked_until >= last.occurred_at.replace(microsecond=0)

        await until(checked_past_both)
        assert dead.headers[topology.ATTEMPT] == 1


async def test_a_backlog_is_not_taken_for_events_that_never_came(
    amqp: AmqpTransports, publisher: Database, listener: Database, scope: Scope
) -> None:
    handled: list[UUID] = []

    async def slowly(session: AsyncSession, event: ThingChanged) -> None:
        await asyncio.sleep(0.05)
        handled.append(event.id)
        await on_thing_changed(session, event)

    consumer = Consumer(unique("listener"), listener, [Subscription(ThingChanged, slowly)])
    subscriber = amqp.reconciling(consumer.service, after=0)
    assert isinstance(subscriber, AmqpTransport)
    subscriber.attach(consumer)
    await subscriber.declare()
    out = amqp.transport(unique("probe"))
    async with running(Relay("probe", publisher, out), out):
        events = [await record(publisher, scope) for _ in range(50)]
        await drained(publisher)
    async with running(subscriber):
        await see(listener, events)
    assert handled == [event.id for event in events]
    assert consumer.metrics.registry.get_sample_value("ficha_events_recovered_total") == 0


async def test_waiting_queues_that_somebody_deletes_cost_no_message(
    amqp: AmqpTransports, publisher: Database, listener: Database, scope: Scope
) -> None:
    tries = 0

    async def fail_twice(session: AsyncSession, event: ThingChanged) -> None:
        nonlocal tries
        tries += 1
        if tries <= 2:
            raise RuntimeError("not yet")
        await on_thing_changed(session, event)

    consumer, subscriber = listening(amqp, listener, Subscription(ThingChanged, fail_twice))
    out = amqp.transport(unique("probe"))
    async with running(Relay("probe", publisher, out), out, subscriber):
        async with channel_to(amqp.url) as channel:
            await channel.queue_delete(topology.wait_queue(consumer.service, 1))
        await see(listener, [await record(publisher, scope)], within=20)


async def test_a_foreign_message_ends_among_the_dead_with_its_cause(amqp: AmqpTransports, listener: Database) -> None:
    consumer, subscriber = listening(amqp, listener, ON_THING)
    async with running(subscriber), channel_to(amqp.url) as channel:
        await channel.default_exchange.publish(
            aio_pika.Message(b"hello", type=ON_THING.event.name, headers={topology.ATTEMPT: "many"}),
            topology.queue(consumer.service),
        )
        [dead] = await until(lambda: dead_letters(consumer))
    assert dead.body == b"hello"
    assert str(dead.headers[topology.REASON]).startswith("undecodable")


async def test_the_broker_keeps_the_arguments_we_rely_on(amqp: AmqpTransports, listener: Database) -> None:
    """A redeclaration with other arguments is refused: what is there is what the topology says."""
    consumer, subscriber = listening(amqp, listener, ON_THING)
    service = consumer.service
    async with running(subscriber):
        for name, arguments in (
            (topology.queue(service), topology.queue_arguments(service)),
            (topology.dead_queue(service), topology.dead_arguments()),
            (topology.wait_queue(service, 1), topology.wait_arguments(service, 1)),
            (topology.LOG_STREAM, topology.log_arguments()),
        ):
            async with channel_to(amqp.url) as channel:
                await channel.declare_queue(name, durable=True, arguments=dict(arguments))
            for missing in arguments:
                fewer = {key: value for key, value in arguments.items() if key != missing}
                async with channel_to(amqp.url) as channel:
                    with pytest.raises(aio_pika.exceptions.ChannelPreconditionFailed):
                        await channel.declare_queue(name, durable=True, arguments=dict(fewer))


async def test_a_lane_that_is_cancelled_in_a_handler_is_replaced(
    amqp: AmqpTransports, publisher: Database, listener: Database, scope: Scope
) -> None:
    """As by a library whose link died: nobody else would notice, and the queue would wait for ever."""
    tries = 0

    async def cancelled_once(session: AsyncSession, event: ThingChanged) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise asyncio.CancelledError
        await on_thing_changed(session, event)

    _, subscriber = listening(amqp, listener, Subscription(ThingChanged, cancelled_once))
    out = amqp.transport(unique("probe"))
    async with running(Relay("probe", publisher, out), out, subscriber):
        await see(listener, [await record(publisher, scope)], within=20)
    assert tries == 2


async def test_a_relay_that_has_nothing_more_to_say_does_not_stay_unready(
    rabbitmq: RabbitMQ, amqp: AmqpTransports, publisher: Database, scope: Scope
) -> None:
    """As when another worker's relay has published what this one could not."""
    out = amqp.transport(unique("probe"))
    event = await record(publisher, scope)
    async with running(out):
        await asyncio.to_thread(rabbitmq.stop)
        try:
            [failure] = await out.publish([message_of(event)])
            assert failure
            assert failure.link
            assert out.missing() == "broker unreachable"
        finally:
            await asyncio.to_thread(rabbitmq.start)
        await registered(out)
