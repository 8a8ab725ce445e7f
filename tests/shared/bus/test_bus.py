"""What the bus promises, on both transports: memory, and RabbitMQ."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from local.postgres import Postgres
from shared.bus.consumer import Consumer, DatabaseAway, Subscription
from shared.bus.message import Message
from shared.bus.relay import Relay
from shared.bus.topology import ATTEMPT, FIRST_FAILURE, HANDLER, LAST_FAILURE, REASON
from shared.bus.transport import Failure, Tap, Transport
from shared.db.engine import create_engine
from shared.db.infrastructure import outbox
from shared.db.provision import Provisioned
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.events.base import Event
from shared.identifiers import new_id
from tests.shared.bus.transports import (
    ON_THING,
    Transports,
    applied,
    dead_letters,
    drained,
    listening,
    message_of,
    record,
    registered,
    running,
    see,
    unique,
    waiting_rows,
)
from tests.support import probe
from tests.support.probe import OtherChanged, ThingChanged, ThingState, change_thing, effects, on_thing_changed
from tests.support.waiting import until


async def test_an_event_reaches_who_subscribed_to_it_and_nobody_else(
    transports: Transports, publisher: Database, listener: Database, scope: Scope
) -> None:
    heard: list[str] = []

    async def on_other(session: AsyncSession, event: OtherChanged) -> None:
        heard.append(event.name)

    _, thing_ear = listening(transports, listener, ON_THING)
    _, other_ear = listening(transports, listener, Subscription(OtherChanged, on_other))
    out = transports.transport(unique("probe"))
    async with running(Relay("probe", publisher, out), out, thing_ear, other_ear):
        thing, other = await record(publisher, scope), await record(publisher, scope, other=True)
        await see(listener, [thing])
        await drained(publisher)

        async def other_heard() -> bool:
            return bool(heard)

        await until(other_heard)
    assert heard == [other.name]
    assert await effects(listener) == [thing.id]


async def test_what_the_handler_sees_is_what_was_recorded(
    transports: Transports, publisher: Database, listener: Database, org_id: UUID
) -> None:
    seen: list[Event[ThingState]] = []

    async def remember(session: AsyncSession, event: ThingChanged) -> None:
        seen.append(event)

    _, subscriber = listening(transports, listener, Subscription(ThingChanged, remember))
    out = transports.transport(unique("probe"))
    async with running(Relay("probe", publisher, out), out, subscriber):
        scope = Scope(org_id, actor="user:1", correlation_id="r-1", traceparent=f"00-{'a' * 32}-{'b' * 16}-01")
        recorded = await record(publisher, scope)

        async def handled() -> bool:
            return bool(seen)

        await until(handled)
    assert seen == [recorded]


async def test_an_event_delivered_twice_has_one_effect(
    transports: Transports, publisher: Database, listener: Database, scope: Scope
) -> None:
    _, subscriber = listening(transports, listener, ON_THING)
    out = transports.transport(unique("probe"))
    async with running(out, subscriber):
        twice, marker = await record(publisher, scope), await record(publisher, scope)
        sent = [message_of(twice)] * 3 + [message_of(marker)]
        assert await out.publish(sent) == [None] * 4
        await see(listener, [twice, marker])
    assert Counter(await effects(listener)) == {twice.id: 1, marker.id: 1}


async def test_a_handler_that_fails_is_tried_again_and_never_deduplicates_itself(
    transports: Transports, publisher: Database, listener: Database, scope: Scope
) -> None:
    tries = 0

    async def fail_once(session: AsyncSession, event: ThingChanged) -> None:
        nonlocal tries
        tries += 1
        await on_thing_changed(session, event)
        if tries == 1:
            raise RuntimeError("after its effect, before its commit")

    consumer, subscriber = listening(transports, listener, Subscription(ThingChanged, fail_once))
    out = transports.transport(unique("probe"))
    async with running(Relay("probe", publisher, out), out, subscriber):
        event = await record(publisher, scope)
        await see(listener, [event])
    assert tries == 2
    assert await dead_letters(consumer) == []


async def test_after_the_last_rung_comes_the_dead_letter_with_its_cause(
    transports: Transports, publisher: Database, listener: Database, scope: Scope
) -> None:
    tries: list[UUID] = []

    async def always_fail(session: AsyncSession, event: ThingChanged) -> None:
        tries.append(event.id)
        raise LookupError("no such shelf: ñ")

    consumer, subscriber = listening(transports, listener, Subscription(ThingChanged, always_fail), retry_delays=(1, 1))
    out = transports.transport(unique("probe"))
    async with running(Relay("probe", publisher, out), out, subscriber):
        event = await record(publisher, scope)
        [dead] = await until(lambda: dead_letters(consumer))
    assert tries == [event.id] * 3
    assert dead.event_id == event.id
    assert dead.body == event.to_bytes()
    assert dead.headers[ATTEMPT] == 3
    assert dead.headers[REASON] == "LookupError: no such shelf: ñ"
    assert dead.headers[HANDLER] == "always_fail"
    assert str(dead.headers[FIRST_FAILURE]) < str(dead.headers[LAST_FAILURE])
    assert await effects(listener) == []


@pytest.mark.parametrize("body", [b"not json", b"[]", b"7", b'{"id": "x"}', b"\xff\x00", b""])
async def test_what_cannot_be_read_goes_straight_to_the_dead_letters_with_its_cause(
    transports: Transports, listener: Database, body: bytes
) -> None:
    consumer, subscriber = listening(transports, listener, ON_THING, retry_delays=(600,))
    out = transports.transport(unique("probe"))
    async with running(out, subscriber):
        message = Message(new_id(), ThingChanged.name, body)
        assert await out.publish([message]) == [None]
        [dead] = await until(lambda: dead_letters(consumer))
    assert dead.event_id == message.event_id
    assert str(dead.headers[REASON]).startswith("undecodable: ")
    assert dead.headers[ATTEMPT] == 1


async def test_poison_stops_no_neighbour_and_takes_none_along(
    transports: Transports, publisher: Database, listener: Database, scope: Scope
) -> None:
    poison = {new_id() for _ in range(5)}

    async def choke(session: AsyncSession, event: ThingChanged) -> None:
        await on_thing_changed(session, event)
        if event.subject in poison:
            raise ValueError("poison")

    consumer, subscriber = listening(transports, listener, Subscription(ThingChanged, choke), retry_delays=(1,))
    out = transports.transport(unique("probe"))
    async with running(Relay("probe", publisher, out), out, subscriber):
        bad = [await record(publisher, scope, subject) for subject in poison]
        good = [await record(publisher, scope) for _ in range(30)]
        await see(listener, good)

        async def all_dead() -> bool:
            return len(await dead_letters(consumer)) == len(poison)

        await until(all_dead)
        assert {dead.event_id for dead in await dead_letters(consumer)} == {event.id for event in bad}
    assert not set(await effects(listener)) & {event.id for event in bad}


async def test_a_transaction_that_rolls_back_leaves_no_event(publisher: Database, scope: Scope) -> None:
    async def change_and_fail() -> None:
        async with publisher.transaction(scope) as session:
            await change_thing(session, new_id(), version=1)
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        await change_and_fail()
    assert await waiting_rows(publisher) == []


class Watched:
    """A transport that shows the outbox at the moment of publishing, and refuses what it is told to."""

    def __init__(self, inner: Transport, database: Database, refused: set[UUID]) -> None:
        self._inner = inner
        self._database = database
        self.refused = refused
        self.seen: list[set[UUID]] = []

    async def publish(self, messages: Sequence[Message]) -> list[Failure | None]:
        taken = [message for message in messages if message.event_id not in self.refused]
        outcomes = dict(zip((m.event_id for m in taken), await self._inner.publish(taken), strict=True))
        self.seen.append(set(await waiting_rows(self._database)))
        return [outcomes.get(message.event_id, Failure("refused: by the test")) for message in messages]

    def attach(self, consumer: Consumer) -> None:
        self._inner.attach(consumer)

    def tap(self, listener: Tap) -> None:
        self._inner.tap(listener)

    async def run(self, stop: asyncio.Event) -> None:
        await self._inner.run(stop)

    async def close(self) -> None:
        await self._inner.close()

    def missing(self) -> str | None:
        return self._inner.missing()

    def queued(self) -> Mapping[str, int]:
        return self._inner.queued()


async def test_a_row_goes_only_when_it_is_confirmed(
    transports: Transports, publisher: Database, listener: Database, scope: Scope
) -> None:
    _, subscriber = listening(transports, listener, ON_THING)
    events = [await record(publisher, scope) for _ in range(10)]
    out = Watched(transports.transport(unique("probe")), publisher, refused={event.id for event in events[::2]})
    async with running(out, subscriber):
        relay = Relay("probe", publisher, out)
        async with publisher.engine.connect() as raw:
            connection = await raw.execution_options(isolation_level="AUTOCOMMIT")
            assert (await relay.relay_batch(connection)).gone == 5
            assert out.seen == [{event.id for event in events}], "deleted before the confirmation"
            assert await waiting_rows(publisher) == [event.id for event in events[::2]]
            reasons = (await connection.execute(select(outbox.c.last_error, outbox.c.attempts))).all()
            assert set(reasons) == {("refused: by the test", 1)}
        await see(listener, events[1::2])
        out.refused = set()
        async with running(relay):
            await drained(publisher)
        await see(listener, events)


async def test_what_is_refused_holds_back_the_later_events_of_its_aggregate_and_no_other(
    transports: Transports, publisher: Database, listener: Database, scope: Scope
) -> None:
    _, subscriber = listening(transports, listener, ON_THING)
    held, free = new_id(), new_id()
    first = await record(publisher, scope, held, version=1)
    later = [await record(publisher, scope, held, version=version) for version in (2, 3)]
    others = [await record(publisher, scope, free, version=version) for version in (1, 2, 3)]
    out = Watched(transports.transport(unique("probe")), publisher, refused={first.id})
    async with running(out, subscriber):
        relay = Relay("probe", publisher, out)
        async with publisher.engine.connect() as raw:
            connection = await raw.execution_options(isolation_level="AUTOCOMMIT")
            for _ in range(2):  # the second batch must not overtake either
                await relay.relay_batch(connection)
                assert await waiting_rows(publisher) == [event.id for event in (first, *later)]
        await see(listener, others)
        out.refused = set()
        async with running(relay):
            await see(listener, [first, *later, *others])
    assert await applied(listener, held) == [1, 2, 3]


async def test_events_of_one_aggregate_are_applied_in_order(
    transports: Transports, publisher: Database, listener: Database, scope: Scope
) -> None:
    _, subscriber = listening(transports, listener, ON_THING)
    out = transports.transport(unique("probe"))
    subjects = [new_id() for _ in range(5)]
    async with running(Relay("probe", publisher, out), out, subscriber):
        events = [
            await record(publisher, scope, subject, version=version) for version in range(1, 21) for subject in subjects
        ]
        await see(listener, events, within=20)
    for subject in subjects:
        versions = await applied(listener, subject)
        assert versions == sorted(set(versions))
        assert versions[-1] == 20


async def test_stopping_lets_handlers_finish_and_nothing_finished_comes_again(
    transports: Transports, publisher: Database, listener: Database, scope: Scope
) -> None:
    started, calls, gate = asyncio.Event(), 0, asyncio.Event()

    async def slow(session: AsyncSession, event: ThingChanged) -> None:
        nonlocal calls
        calls += 1
        started.set()
        await gate.wait()
        await on_thing_changed(session, event)

    consumer, subscriber = listening(transports, listener, Subscription(ThingChanged, slow))
    out = transports.transport(unique("probe"))
    stop = asyncio.Event()
    tasks = [asyncio.create_task(part.run(stop)) for part in (out, subscriber, Relay("probe", publisher, out))]
    await registered(subscriber)
    events = [await record(publisher, scope) for _ in range(5)]
    await asyncio.wait_for(started.wait(), 20)
    stop.set()
    asyncio.get_running_loop().call_later(0.3, gate.set)
    await asyncio.wait_for(asyncio.gather(*tasks), 10)
    await asyncio.gather(out.close(), subscriber.close())
    finished = await effects(listener)
    assert finished

    again = transports.transport(consumer.service)
    again.attach(consumer)
    before = calls
    async with running(again, out, Relay("probe", publisher, out)):
        await see(listener, events)
    assert calls - before == len(events) - len(finished)


async def test_many_publishers_and_consumers_at_once_lose_and_double_nothing(
    transports: Transports, publisher: Database, listener: Database, scope: Scope
) -> None:
    consumer, first = listening(transports, listener, ON_THING)
    second = transports.transport(consumer.service)
    second.attach(consumer)
    outs = [transports.transport(unique("probe")) for _ in range(3)]
    relays = [Relay("probe", publisher, out) for out in outs]
    async with running(first, second, *outs, *relays):

        async def write(count: int) -> list[Event[ThingState]]:
            return [await record(publisher, scope) for _ in range(count)]

        written = await asyncio.gather(*(write(50) for _ in range(6)))
        events = [event for batch in written for event in batch]
        await see(listener, events, within=30)
        await drained(publisher)
    assert len(await effects(listener)) == 300


async def test_a_database_that_is_away_costs_no_message_a_rung(publisher: Database, scope: Scope) -> None:
    nowhere = Database(create_engine("postgresql+asyncpg://nobody@127.0.0.1:1/nothing", application="test"))
    consumer = Consumer("listener", nowhere, [ON_THING], retry_delays=(3, 60))
    event = await record(publisher, scope)
    with pytest.raises(DatabaseAway):
        await consumer.handle(message_of(event))


async def test_while_its_database_is_away_a_listener_holds_events_and_their_order(
    transports: Transports,
    publisher: Database,
    listener: Database,
    listener_urls: Provisioned,
    postgres: Postgres,
    scope: Scope,
) -> None:
    _, subscriber = listening(transports, listener, ON_THING)
    out = transports.transport(unique("probe"))
    subjects = [new_id() for _ in range(3)]
    async with running(Relay("probe", publisher, out), out, subscriber):
        events = [await record(publisher, scope, subject) for subject in subjects]
        await see(listener, events)
        async with shut_out(postgres, "ficha_listener"):
            events += [
                await record(publisher, scope, subject, version=version)
                for version in range(2, 12)
                for subject in subjects
            ]
        # Through a pool of our own: what was ended in the listener's is for the listener to meet.
        async with probe.connect(listener_urls) as onlooker:
            await see(onlooker, events, within=20)
            await drained(publisher)
            # Every version, not only the newest: none overtook another.
            assert [await applied(onlooker, subject) for subject in subjects] == [list(range(1, 12))] * 3


@asynccontextmanager
async def shut_out(postgres: Postgres, role: str) -> AsyncIterator[None]:
    """For the role it is as if the server were down."""
    admin = await asyncpg.connect(postgres.url.render_as_string())
    try:
        await admin.execute(f"ALTER ROLE {role} NOLOGIN")
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", role)
        yield
    finally:
        await admin.execute(f"ALTER ROLE {role} LOGIN")
        await admin.close()


async def test_a_tap_sees_every_event_as_it_passes(transports: Transports, publisher: Database, scope: Scope) -> None:
    out = transports.transport(unique("probe"))
    seen: list[Message] = []
    out.tap(seen.append)
    async with running(Relay("probe", publisher, out), out):
        event = await record(publisher, scope)

        async def passed() -> bool:
            return bool(seen)

        await until(passed)
    assert [(message.event_id, message.name, message.body) for message in seen] == [
        (event.id, event.name, event.to_bytes())
    ]
