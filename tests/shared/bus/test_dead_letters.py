"""From the last rung to somebody's decision: dead letters are kept with their cause, replayed once, or discarded."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from local.postgres import Postgres
from shared.bus.consumer import Consumer, Dead, Retry, Subscription
from shared.bus.dead_letters import KEPT, DeadLetterReplayer, forget_old, store_letters
from shared.bus.memory import MemoryHub, MemoryTransport
from shared.bus.message import Message
from shared.bus.relay import Relay
from shared.bus.topology import ATTEMPT, HANDLER, LAST_FAILURE, REASON, RETRY_DELAYS
from shared.bus.transport import Transport
from shared.clock import utc_now
from shared.db.infrastructure import dead_letter_action, parked
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.dead_letters import administration
from shared.dead_letters.administration import (
    ALL_ORGANIZATIONS,
    DeadLetterNotFound,
    Decision,
    LetterFilter,
    NotDead,
    Selection,
)
from shared.events.base import Event
from shared.identifiers import new_id
from shared.worker import Worker
from tests.shared.bus.letters import (
    Shelf,
    all_dead,
    asking,
    discard,
    history,
    knocking,
    listed,
    record_spoiled,
    replay,
)
from tests.shared.bus.test_bus import shut_out
from tests.shared.bus.transports import (
    Transports,
    dead_letters,
    drained,
    listening,
    message_of,
    record,
    running,
    unique,
)
from tests.support.probe import OtherChanged, ThingChanged, ThingState, effects, on_thing_changed
from tests.support.waiting import until


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


async def test_the_ladder_is_the_written_one(
    publisher: Database, listener: Database, scope: Scope, shelf: Shelf
) -> None:
    consumer = Consumer("listener", listener, [Subscription(ThingChanged, shelf.on_thing)])
    message = message_of(await record(publisher, scope))
    seconds = []
    while isinstance(verdict := await consumer.handle(message), Retry):
        seconds.append(verdict.seconds)
        message = message.with_(verdict.headers)
    assert seconds == list(RETRY_DELAYS) == [1, 10, 60, 600, 3600]
    assert isinstance(verdict, Dead)
    assert verdict.headers[ATTEMPT] == 6


async def test_in_memory_each_rung_is_waited_for_in_the_database(
    publisher: Database, listener: Database, scope: Scope, shelf: Shelf
) -> None:
    consumer = Consumer("listener", listener, [Subscription(ThingChanged, shelf.on_thing)])
    out = MemoryTransport(MemoryHub())
    out.attach(consumer)
    event = await record(publisher, scope)
    for attempt, seconds in enumerate(RETRY_DELAYS):
        before = utc_now()
        message = message_of(event).with_({ATTEMPT: attempt} if attempt else {})
        assert await out.publish([message]) == [None]
        async with listener.engine.connect() as connection:
            due_at = await connection.scalar(select(parked.c.due_at))
        assert due_at
        assert before <= due_at - timedelta(seconds=seconds) <= utc_now()


async def test_mended_and_replayed_it_has_exactly_one_effect(
    transports: Transports, publisher: Database, listener: Database, scope: Scope, shelf: Shelf
) -> None:
    consumer, subscriber = listening(
        transports, listener, Subscription(ThingChanged, shelf.on_thing), retry_delays=(1,)
    )
    out = transports.transport(unique("probe"))
    async with running(Relay("probe", publisher, out), out, subscriber):
        before = utc_now()
        event = await record(publisher, scope)
        [dead] = await all_dead(consumer, 1)
        assert (dead.event_id, dead.org_id, dead.name) == (event.id, scope.org_id, ThingChanged.name)
        assert (dead.handler, dead.attempts) == ("on_thing", 2)
        assert dead.reason == "LookupError: no such shelf: 'A7'"
        assert dead.cause == "on_thing: LookupError: no such shelf: <text>"
        assert before < dead.first_failed_at < dead.last_failed_at - timedelta(seconds=1) < utc_now()

        shelf.fault = None
        assert await replay(consumer, "the shelf is up", event_id=event.id) == Decision(
            consumer.service, "replaying", changed=1, skipped=0
        )
        with pytest.raises(NotDead, match="replaying already"):
            await replay(consumer, event_id=event.id)
        assert await DeadLetterReplayer(consumer).replay_asked() == 1
        assert await effects(listener) == [event.id]

        with pytest.raises(NotDead, match="replayed already"):
            await replay(consumer, event_id=event.id)
        assert await DeadLetterReplayer(consumer).replay_asked() == 0
        assert await out.publish([message_of(event)]) == [None]  # and should the broker still have it somewhere
        marker = await record(publisher, scope)
        await until(lambda: seen(listener, marker.id))
    assert await effects(listener, [event.id]) == [event.id]
    assert await history(consumer, event.id) == [
        ("dead", "system", "LookupError: no such shelf: 'A7'"),
        ("replaying", "operator:test", "the shelf is up"),
        ("replayed", "system", ""),
    ]


async def seen(database: Database, event_id: UUID) -> bool:
    return event_id in await effects(database)


async def test_a_replay_that_fails_is_dead_again_with_its_new_reason_and_its_history(
    transports: Transports, publisher: Database, listener: Database, scope: Scope, shelf: Shelf
) -> None:
    consumer, subscriber = listening(transports, listener, Subscription(ThingChanged, shelf.on_thing), retry_delays=())
    out = transports.transport(unique("probe"))
    async with running(Relay("probe", publisher, out), out, subscriber):
        event = await record(publisher, scope)
        [first] = await all_dead(consumer, 1)
        shelf.fault = OverflowError("the shelf is full")
        await replay(consumer, "tried", event_id=event.id)
        await DeadLetterReplayer(consumer).replay_asked()
    [again] = await listed(consumer)
    assert (again.reason, again.attempts) == ("OverflowError: the shelf is full", first.attempts + 1)
    assert again.cause == "on_thing: OverflowError: the shelf is full"
    assert again.first_failed_at == first.first_failed_at
    assert again.last_failed_at > first.last_failed_at
    assert await effects(listener) == []
    assert [(action, reason) for action, _, reason in await history(consumer, event.id)] == [
        ("dead", first.reason),
        ("replaying", "tried"),
        ("dead", again.reason),
    ]


async def test_fifty_of_one_cause_are_replayed_at_once_and_no_other(
    transports: Transports, publisher: Database, listener: Database, scope: Scope, shelf: Shelf
) -> None:
    async def fail(session: AsyncSession, event: OtherChanged) -> None:
        raise ValueError(f"other {event.subject}")

    async def on_thing(session: AsyncSession, event: ThingChanged) -> None:
        await on_thing_changed(session, event)
        if shelf.fault:
            raise LookupError(f"no shelf for {event.subject}, only for {event.version} others")

    consumer, subscriber = listening(
        transports, listener, Subscription(ThingChanged, on_thing), Subscription(OtherChanged, fail), retry_delays=()
    )
    out = transports.transport(unique("probe"))
    async with running(Relay("probe", publisher, out), out, subscriber):
        many = {(await record(publisher, scope)).id for _ in range(50)}
        few = {(await record(publisher, scope, other=True)).id for _ in range(3)}
        await all_dead(consumer, 53)

    async with asking(consumer) as session:
        groups = await administration.list_groups(
            session, ALL_ORGANIZATIONS, LetterFilter(consumer.service), after=None, limit=10
        )
    counted = {group["count"]: group for group in groups}
    assert set(counted) == {50, 3}
    assert counted[50]["cause"] == "on_thing: LookupError: no shelf for <id>, only for <n> others"
    assert counted[50]["example_id"] in many
    assert counted[50]["first_failed_at"] < counted[50]["last_failed_at"]

    shelf.fault = None
    assert (await replay(consumer, cause=counted[50]["cause"])).changed == 50
    again = await replay(consumer, cause=counted[50]["cause"])
    assert (again.changed, again.skipped) == (0, 50)
    while await DeadLetterReplayer(consumer).replay_asked():
        pass
    assert Counter(await effects(listener)) == dict.fromkeys(many, 1)
    assert {letter.event_id for letter in await listed(consumer)} == few
    assert {letter.event_id for letter in await listed(consumer, status="replayed")} == many

    with pytest.raises(ValueError, match="reason"):
        await discard(consumer, "  ", cause=counted[3]["cause"])
    with pytest.raises(ValueError, match="a cause"):
        await discard(consumer, "all of them")
    assert (await discard(consumer, "nobody needs it", cause=counted[3]["cause"])).changed == 3
    assert await listed(consumer) == []
    assert (await replay(consumer)).changed == 0
    assert (await history(consumer, min(few)))[-1] == ("discarded", "operator:test", "nobody needs it")


async def test_an_event_that_nobody_gave_up_cannot_be_decided_about(listener: Database, shelf: Shelf) -> None:
    consumer = Consumer("listener", listener, [Subscription(ThingChanged, shelf.on_thing)])
    for decide in (replay(consumer, event_id=new_id()), discard(consumer, "gone", event_id=new_id())):
        with pytest.raises(DeadLetterNotFound):
            await decide


async def test_of_two_who_decide_at_once_one_comes_too_late(
    publisher: Database, listener: Database, scope: Scope, shelf: Shelf
) -> None:
    consumer, event = await with_one_dead(publisher, listener, scope, shelf)
    outcomes = await asyncio.gather(
        replay(consumer, event_id=event.id), discard(consumer, "no", event_id=event.id), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes if not isinstance(outcome, Decision)] == [NotDead]
    assert len(await history(consumer, event.id)) == 2


async def test_two_workers_that_replay_at_once_have_one_effect_and_write_it_down_once(
    publisher: Database, listener: Database, scope: Scope, shelf: Shelf
) -> None:
    consumer, event = await with_one_dead(publisher, listener, scope, shelf)
    shelf.fault = None
    await replay(consumer, event_id=event.id)
    await asyncio.gather(*(DeadLetterReplayer(consumer).replay_asked() for _ in range(4)))
    assert await effects(listener) == [event.id]
    assert [action for action, _, _ in await history(consumer, event.id)] == ["dead", "replaying", "replayed"]


async def test_the_worker_replays_what_was_asked_while_it_runs(
    publisher: Database, listener: Database, scope: Scope, shelf: Shelf
) -> None:
    consumer, event = await with_one_dead(publisher, listener, scope, shelf)
    shelf.fault = None
    worker = Worker("listener", listener, MemoryTransport(MemoryHub()), [Subscription(ThingChanged, shelf.on_thing)])
    stop = asyncio.Event()
    working = asyncio.create_task(worker.run(stop))
    await replay(consumer, event_id=event.id)
    await until(lambda: listed(consumer, status="replayed"))
    stop.set()
    await working
    assert await effects(listener) == [event.id]


async def test_a_burial_that_comes_again_changes_no_decision(
    publisher: Database, listener: Database, scope: Scope, shelf: Shelf
) -> None:
    """Its confirmation may get lost, and then the broker delivers the dead letter once more; or there was a copy."""
    consumer, event = await with_one_dead(publisher, listener, scope, shelf)
    [dead] = await dead_letters(consumer)

    async def die_again(reason: str) -> None:
        later = {**dead.headers, LAST_FAILURE: utc_now().isoformat(), REASON: reason}
        await store_letters(consumer, [message_of(event).with_(later)])

    await store_letters(consumer, [message_of(event).with_(dead.headers)])
    await die_again("a copy failed")
    await replay(consumer, event_id=event.id)
    await die_again("a copy failed meanwhile")
    assert [letter.event_id for letter in await listed(consumer, status="replaying")] == [event.id]
    await DeadLetterReplayer(consumer).replay_asked()
    await discard(consumer, "not needed", event_id=event.id)
    await die_again("a copy failed too late")
    assert [letter.event_id for letter in await listed(consumer, status="discarded")] == [event.id]
    reason = str(dead.headers[REASON])
    assert [(action, why) for action, _, why in await history(consumer, event.id)] == [
        ("dead", reason),
        ("dead", "a copy failed"),
        ("replaying", ""),
        ("dead", reason),
        ("discarded", "not needed"),
    ]


async def with_one_dead(
    publisher: Database, listener: Database, scope: Scope, shelf: Shelf
) -> tuple[Consumer, Event[ThingState]]:
    consumer = Consumer("listener", listener, [Subscription(ThingChanged, shelf.on_thing)], retry_delays=())
    event = await record(publisher, scope)
    verdict = await consumer.handle(message_of(event))
    assert isinstance(verdict, Dead)
    await store_letters(consumer, [message_of(event).with_(verdict.headers)])
    return consumer, event


async def test_settled_letters_are_forgotten_long_after_the_decision_and_dead_ones_never(
    publisher: Database, listener: Database, scope: Scope, shelf: Shelf
) -> None:
    consumer = Consumer("listener", listener, [Subscription(ThingChanged, shelf.on_thing)], retry_delays=())
    long_ago = utc_now() - KEPT - timedelta(days=1)
    undecided, just_now, settled = [
        Message(new_id(), ThingChanged.name, b"{}", {REASON: "old", LAST_FAILURE: long_ago.isoformat()})
        for _ in range(3)
    ]
    await store_letters(consumer, [undecided, just_now, settled])
    await discard(consumer, "then", event_id=settled.event_id)
    async with listener.engine.begin() as connection:
        await connection.execute(update(dead_letter_action).values(at=long_ago))
    await discard(consumer, "now", event_id=just_now.event_id)
    await forget_old(listener.engine)
    left = {letter.event_id for letter in await listed(consumer, status=None)}
    assert left == {undecided.event_id, just_now.event_id}


async def test_while_the_database_is_away_nothing_that_died_is_lost(
    transports: Transports, publisher: Database, listener: Database, postgres: Postgres, scope: Scope, shelf: Shelf
) -> None:
    consumer, subscriber = listening(
        transports, listener, Subscription(ThingChanged, shelf.on_thing), retry_delays=(600,)
    )
    out = transports.transport(unique("probe"))
    async with running(Relay("probe", publisher, out), out, subscriber):
        async with shut_out(postgres, "ficha_listener"), knocking(listener) as tried:
            spoiled = [await record_spoiled(publisher, scope) for _ in range(3)]
            await until(tried, what="attempts to store_letters them")
        await all_dead(consumer, 3)
        await drained(publisher)
    assert {letter.event_id for letter in await listed(consumer)} == set(spoiled)
    assert [len(await history(consumer, event_id)) for event_id in spoiled] == [1, 1, 1]


async def test_an_organisation_sees_and_decides_about_its_own_only(
    publisher: Database, listener: Database, scope: Scope, shelf: Shelf
) -> None:
    consumer, mine = await with_one_dead(publisher, listener, scope, shelf)
    other = Scope(org_id=new_id(), actor="user:other")
    assert other.org_id
    _, theirs = await with_one_dead(publisher, listener, other, shelf)
    nobodys = Message(new_id(), ThingChanged.name, b"nonsense", {REASON: theirs.name, HANDLER: "on_thing"})
    await store_letters(consumer, [nobodys])

    async with listener.transaction(other) as session:
        [group] = await administration.list_groups(session, other.org_id, LetterFilter(), after=None, limit=10)
        assert (group["count"], group["example_id"]) == (1, theirs.id)
        for foreign in (mine.id, nobodys.event_id):
            with pytest.raises(DeadLetterNotFound):
                await administration.get_letter(session, other.org_id, "listener", foreign)
            with pytest.raises(DeadLetterNotFound):
                await administration.replay(session, other.org_id, Selection("listener", foreign))
        assert await administration.replay(
            session, other.org_id, Selection("listener", cause=group["cause"])
        ) == Decision("listener", "replaying", changed=1, skipped=0)
        assert (await administration.replay(session, other.org_id, Selection("listener"))).changed == 0
    assert {letter.event_id for letter in await listed(consumer)} == {mine.id, nobodys.event_id}


async def test_lists_go_on_where_they_stopped(listener: Database, shelf: Shelf) -> None:
    consumer = Consumer("listener", listener, [Subscription(ThingChanged, shelf.on_thing)])
    # Pairs that failed at the same moment, each pair of a cause of its own.
    ids = sorted(new_id() for _ in range(6))
    await store_letters(
        consumer, [Message(ids[i], ThingChanged.name, b"{}", {REASON: "abc"[i // 2]}) for i in range(6)]
    )
    async with asking(consumer) as session:
        await session.execute(
            text("UPDATE dead_letter SET last_failed_at = CAST(:now AS timestamptz) - ascii(reason) * interval '1 s'"),
            {"now": utc_now()},
        )
        met = []
        after = None
        while found := await administration.list_letters(
            session, ALL_ORGANIZATIONS, LetterFilter(), after=after, limit=1
        ):
            met.append(found[0].event_id)
            after = (found[0].last_failed_at, found[0].event_id, found[0].service)
        grouped = []
        after = None
        while groups := await administration.list_groups(
            session, ALL_ORGANIZATIONS, LetterFilter(), after=after, limit=1
        ):
            grouped.append((groups[0]["cause"], groups[0]["count"], groups[0]["example_id"]))
            after = (groups[0]["last_failed_at"], groups[0]["example_id"], groups[0]["service"])
    assert met == [ids[1], ids[0], ids[3], ids[2], ids[5], ids[4]]
    assert grouped == [("a", 2, ids[1]), ("b", 2, ids[3]), ("c", 2, ids[5])]


async def test_a_reason_says_which_fields_are_wrong_and_not_what_stands_in_them(
    transports: Transports, listener: Database
) -> None:
    consumer, subscriber = listening(transports, listener, Subscription(ThingChanged, on_thing_changed))
    out: Transport = transports.transport(unique("probe"))
    org_id = new_id()
    async with running(out, subscriber):
        body = b'{"orgid": "%b", "data": {"id": "7, Gran Via"}}' % str(org_id).encode()
        assert await out.publish([Message(new_id(), ThingChanged.name, body)]) == [None]
        [dead] = await all_dead(consumer, 1)
    assert dead.org_id == org_id
    assert dead.reason.startswith("undecodable: id: ")
    assert "data.id: Input should be a valid UUID" in dead.reason
    assert "Gran Via" not in dead.reason
