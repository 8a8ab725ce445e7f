"""What a worker tells of itself is what happened: counted through the real worker, on both transports."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus import log_position, topology
from shared.bus.amqp.transport import AmqpTransport
from shared.bus.backlog_gauges import BacklogGauges
from shared.bus.consumer import Consumer, DatabaseAway, Subscription
from shared.bus.memory import MemoryHub, MemoryTransport
from shared.bus.message import Message
from shared.bus.metrics import BusMetrics
from shared.bus.relay import Relay
from shared.bus.transport import Transport
from shared.db.engine import create_engine
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from shared.worker import Worker
from tests.shared.bus.transports import (
    ON_THING,
    AmqpTransports,
    Transports,
    drained,
    listening,
    message_of,
    record,
    registered,
    running,
    see,
    unique,
)
from tests.support.probe import ThingChanged, on_thing_changed
from tests.support.waiting import until

NOWHERE = "amqp://guest:guest@127.0.0.1:1/"
THING = ThingChanged.name


def value(metrics: BusMetrics, figure: str, /, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(figure, labels)


def reaches(metrics: BusMetrics, expected: float, figure: str, /, **labels: str) -> Callable[[], Awaitable[bool]]:
    async def reached() -> bool:
        return value(metrics, figure, **labels) == expected

    return reached


@asynccontextmanager
async def at_work(*workers: tuple[Worker, Transport]) -> AsyncIterator[None]:
    stop = asyncio.Event()
    tasks = [asyncio.create_task(worker.run(stop)) for worker, _ in workers]
    try:
        for _, transport in workers:
            await registered(transport)
        yield
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 15)


async def test_every_event_is_counted_once_on_either_side(
    transports: Transports, publisher: Database, listener: Database, scope: Scope
) -> None:
    name = unique("listener")
    out, subscriber = transports.transport(unique("probe")), transports.transport(name)
    sender = Worker("probe", publisher, out)
    receiver = Worker(name, listener, subscriber, [ON_THING])
    async with at_work((sender, out), (receiver, subscriber)):
        events = [await record(publisher, scope) for _ in range(30)]
        await see(listener, events)
        await drained(publisher)
        assert await out.publish([message_of(events[0])]) == [None]
        await until(reaches(receiver.metrics, 1, "ficha_events_handled_total", name=THING, outcome="duplicate"))

    told = sender.metrics
    assert value(told, "ficha_events_published_total", name=THING) == 30
    assert value(told, "ficha_publish_batch_events_sum") == 30
    assert value(told, "ficha_publish_duration_seconds_count") == value(told, "ficha_publish_batch_events_count")
    told = receiver.metrics
    assert value(told, "ficha_events_handled_total", name=THING, outcome="done") == 30
    assert value(told, "ficha_handle_batch_events_sum") == 31
    assert value(told, "ficha_handle_duration_seconds_count", name=THING) == 30
    assert value(told, "ficha_event_lag_seconds_count") == 30
    lag, spent = (
        value(told, "ficha_event_lag_seconds_sum"),
        value(told, "ficha_handle_duration_seconds_sum", name=THING),
    )
    assert lag
    assert spent
    assert 0 < spent < lag < 30 * 10


async def test_retries_and_dead_letters_are_told_apart(
    transports: Transports, publisher: Database, listener: Database, scope: Scope
) -> None:
    tries = 0

    async def fail_once(session: AsyncSession, event: ThingChanged) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise RuntimeError("not yet")
        await on_thing_changed(session, event)

    name = unique("listener")
    out, subscriber = transports.transport(unique("probe")), transports.transport(name)
    receiver = Worker(name, listener, subscriber, [Subscription(ThingChanged, fail_once)])
    async with at_work((receiver, subscriber)):
        event = await record(publisher, scope)
        assert await out.publish([message_of(event), Message(new_id(), THING, b"rubbish")]) == [None, None]
        await see(listener, [event])
        await until(reaches(receiver.metrics, 1, "ficha_events_handled_total", name=THING, outcome="dead"))

        async def buried() -> bool:
            await BacklogGauges(listener, subscriber, receiver.metrics).update()
            return value(receiver.metrics, "ficha_dead_letters", status="dead") == 1

        await until(buried)
    outcomes = {
        outcome: value(receiver.metrics, "ficha_events_handled_total", name=THING, outcome=outcome)
        for outcome in ("done", "retry", "dead", "duplicate", "ignored")
    }
    assert outcomes == {"done": 1, "retry": 1, "dead": 1, "duplicate": None, "ignored": None}
    assert value(receiver.metrics, "ficha_dead_letters", status="replaying") == 0
    await out.close()


async def test_who_sends_rubbish_adds_no_series(listener: Database) -> None:
    consumer = Consumer("listener", listener, [ON_THING])
    await consumer.handle_all([Message(new_id(), f"rubbish.{number}", b"") for number in range(50)])
    assert value(consumer.metrics, "ficha_events_handled_total", name="other", outcome="ignored") == 50
    handled = [sample for family in consumer.metrics.handled.collect() for sample in family.samples]
    assert {sample.labels["name"] for sample in handled} == {"other"}


async def test_a_database_that_is_away_settles_nothing_and_leaves_no_old_figures(
    publisher: Database, scope: Scope
) -> None:
    nowhere = Database(create_engine("postgresql+asyncpg://nobody@127.0.0.1:1/nothing", application="test"))
    metrics = BusMetrics()
    transport = MemoryTransport(MemoryHub())
    consumer = Consumer("listener", nowhere, [ON_THING], metrics=metrics)
    event = await record(publisher, scope)
    with pytest.raises(DatabaseAway):
        await consumer.handle(message_of(event))
    assert [sample for family in metrics.handled.collect() for sample in family.samples] == []

    await BacklogGauges(publisher, transport, metrics).update()
    assert value(metrics, "ficha_outbox_events") == 1
    await BacklogGauges(nowhere, transport, metrics).update()
    assert math.isnan(value(metrics, "ficha_outbox_events") or 0)
    assert math.isnan(value(metrics, "ficha_outbox_oldest_age_seconds") or 0)
    assert math.isnan(value(metrics, "ficha_log_compared_timestamp_seconds") or 0)
    assert value(metrics, "ficha_dead_letters", status="dead") is None


async def test_a_broker_that_is_away_shows_in_depth_age_and_failures(publisher: Database, scope: Scope) -> None:
    transport = AmqpTransport(NOWHERE, "probe")
    metrics = BusMetrics()
    depths = BacklogGauges(publisher, transport, metrics)
    relay = Relay("probe", publisher, transport, metrics=metrics)
    stop = asyncio.Event()
    relaying = asyncio.create_task(relay.run(stop))
    await until(reaches(metrics, 1, "ficha_relay_leading"))
    for _ in range(3):
        await record(publisher, scope)

    async def failed() -> bool:
        return (value(metrics, "ficha_publish_failures_total", reason="link") or 0) >= 3

    await until(failed)
    await depths.update()
    assert value(metrics, "ficha_outbox_events") == 3
    assert 0 < (value(metrics, "ficha_outbox_oldest_age_seconds") or 0) < 20
    assert value(metrics, "ficha_bus_ready") == 0
    assert value(metrics, "ficha_events_published_total", name=THING) is None
    stop.set()
    await relaying
    assert value(metrics, "ficha_relay_leading") == 0


async def test_how_far_the_log_was_compared_is_told(listener: Database) -> None:
    metrics = BusMetrics()
    depths = BacklogGauges(listener, AmqpTransport(NOWHERE, "listener"), metrics)
    consumer = unique("listener")
    began = await log_position.begin(listener.engine, consumer)
    later = began.checked_until + timedelta(hours=1)
    await log_position.advance(listener.engine, consumer, later)
    await depths.update()
    assert value(metrics, "ficha_log_compared_timestamp_seconds") == later.timestamp()


async def test_what_waits_in_the_queues_is_seen_from_the_broker(
    amqp: AmqpTransports, publisher: Database, listener: Database, scope: Scope
) -> None:
    consumer, _ = listening(amqp, listener, ON_THING, retry_delays=(1, 10))
    subscriber = AmqpTransport(amqp.url, consumer.service)
    subscriber.attach(consumer)
    await subscriber.declare()
    out = amqp.transport(unique("probe"))
    events = [await record(publisher, scope) for _ in range(3)]
    await out.publish([message_of(event) for event in events])
    await out.close()
    metrics = BusMetrics()

    async def seen() -> bool:
        await subscriber.declare()
        await BacklogGauges(listener, subscriber, metrics).update()
        return value(metrics, "ficha_consumer_queue_messages", queue=topology.queue(consumer.service)) == 3

    await until(seen)
    samples = [sample for family in metrics.queue_messages.collect() for sample in family.samples]
    service = consumer.service
    assert {sample.labels["queue"]: sample.value for sample in samples} == {
        topology.queue(service): 3,
        topology.dead_queue(service): 0,
        topology.wait_queue(service, 1): 0,
        topology.wait_queue(service, 10): 0,
    }
    async with running(subscriber):
        await see(listener, events)
    await BacklogGauges(listener, subscriber, metrics).update()
    assert [sample for family in metrics.queue_messages.collect() for sample in family.samples] == []


async def test_what_a_dead_worker_left_is_counted_as_delivered_again(
    amqp: AmqpTransports, publisher: Database, listener: Database, scope: Scope
) -> None:
    started, gate = asyncio.Event(), asyncio.Event()

    async def slow(session: AsyncSession, event: ThingChanged) -> None:
        started.set()
        await gate.wait()
        await on_thing_changed(session, event)

    consumer, subscriber = listening(amqp, listener, Subscription(ThingChanged, slow))
    out = amqp.transport(unique("probe"))
    dying = asyncio.create_task(subscriber.run(asyncio.Event()))
    await registered(subscriber)
    event = await record(publisher, scope)
    await out.publish([message_of(event)])
    await asyncio.wait_for(started.wait(), 10)
    assert value(consumer.metrics, "ficha_redeliveries_total") == 0
    dying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dying
    gate.set()
    async with running(subscriber, out):
        await see(listener, [event])
    assert value(consumer.metrics, "ficha_redeliveries_total") == 1
