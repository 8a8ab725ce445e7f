"""Rebuilding from the owners' snapshot: the replicas are as their owner says, and nobody ever sees less."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from fastapi import FastAPI, Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.consumer import Subscription
from shared.events.base import Event
from shared.identifiers import new_id
from shared.rebuild.errors import CannotRebuild
from shared.rebuild.rebuilder import TOGETHER
from shared.rebuild.replicas import Replicas
from tests.gateway.peers import serving
from tests.shared.rebuild.world import KEEPS, Copy, Gate, Thing, World, keep, restate_thing
from tests.support.probe import OtherChanged, ThingChanged, ThingState

PAGES = 2 * TOGETHER + 7


async def test_what_was_lost_or_spoilt_is_as_its_owner_says(world: World) -> None:
    first, second, empty = [await world.organization() for _ in range(3)]
    things = [await world.thing(first, f"thing {number}", told=False) for number in range(PAGES)]
    await world.thing(second, "of another organisation", told=False)
    assert (await world.rebuild("snapshot")).from_owners == PAGES + 1
    as_told = await world.copies()
    assert [(row[0], row[3]) for row in as_told if row[0] != first] == [(second, "of another organisation")]
    assert [row[1] for row in as_told if row[0] == first] == sorted(things)

    await world.spoil("DELETE FROM copy WHERE id = ANY (:ids)", ids=things[::3])
    await world.spoil("UPDATE copy SET name = 'spoilt' WHERE id = ANY (:ids)", ids=things[1::3])
    await world.spoil("UPDATE copy SET name = 'from the future', version = 999 WHERE id = :id", id=things[1])
    await world.spoil("INSERT INTO copy (org_id, id, version) VALUES (:org, :id, 1)", org=empty, id=new_id())
    report = await world.rebuild("snapshot")
    assert await world.copies() == as_told
    assert (report.facts, report.from_log, report.dropped, report.failures) == (PAGES + 1, 0, 1, [])


async def test_a_tombstone_stays_though_its_owner_has_forgotten_it(world: World) -> None:
    """A retry that was said before it may still come, and must not bring back what is gone."""
    org_id = await world.organization()
    thing = await world.thing(org_id)
    late = await world.change(org_id, thing, "late", version=2, told=False)
    await world.change(org_id, thing, "gone", version=3, gone=True)
    await world.rebuild("snapshot")
    await world.tell(late)
    assert await world.copies() == [(org_id, thing, 3, "gone", True)]


async def test_what_the_handler_does_not_keep_is_no_copy(world: World) -> None:
    org_id = await world.organization()
    kept, private = await world.thing(org_id, "kept"), await world.thing(org_id, "private")
    await world.spoil("INSERT INTO copy (org_id, id, version) VALUES (:org, :id, 1)", org=org_id, id=private)
    await world.rebuild("snapshot")
    assert [row[1] for row in await world.copies()] == [kept]


async def test_nobody_sees_less_meanwhile_and_rows_can_be_written(world: World) -> None:
    org_id = await world.organization()
    things = [await world.thing(org_id) for _ in range(PAGES)]
    seen: set[int] = set()
    stop = asyncio.Event()

    async def look() -> None:
        while not stop.is_set():
            seen.add(len(await world.copies()))

    async def hold() -> None:
        """As a request does that must not have a copy changed under it."""
        statement = text("SELECT id FROM copy WHERE id = :id FOR UPDATE")
        while not stop.is_set():
            async with world.listener.engine.begin() as connection:
                assert (await connection.execute(statement, {"id": things[7]})).first()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(look())
        tasks.create_task(hold())
        await world.rebuild("snapshot")
        stop.set()
    assert seen == {PAGES}


async def test_handlers_wait_while_facts_are_told_and_the_newest_stands(world: World) -> None:
    org_id = await world.organization()
    thing = await world.thing(org_id, "old")
    world.gate = gate = Gate()
    rebuilding = asyncio.create_task(world.rebuild("snapshot"))
    await gate.reached.wait()
    handling = asyncio.create_task(world.change(org_id, thing, "new", version=2))
    done, _ = await asyncio.wait([handling], timeout=0.5)
    assert not done, "a handler ran between the owner's answer and its telling"
    gate.opened.set()
    await handling
    await rebuilding
    assert await world.copies() == [(org_id, thing, 2, "new", False)]


async def test_broken_off_it_leaves_things_as_they_were_and_the_next_one_completes(world: World) -> None:
    org_id = await world.organization()
    things = [await world.thing(org_id) for _ in range(PAGES)]
    right = await world.copies()
    await world.spoil("UPDATE copy SET name = 'spoilt'")
    spoilt = await world.copies()
    world.gate = gate = Gate()
    rebuilding = asyncio.create_task(world.rebuild("snapshot"))
    await gate.reached.wait()
    rebuilding.cancel()
    await asyncio.wait([rebuilding])
    gate.opened.set()
    assert await world.copies() == spoilt
    await world.change(org_id, things[0], "heard", version=2)  # handlers are let in again
    await world.rebuild("snapshot")
    assert [row[2:4] for row in await world.copies() if row[1] == things[0]] == [(2, "heard")]
    assert [row for row in await world.copies() if row[1] != things[0]] == [row for row in right if row[1] != things[0]]


async def test_a_copy_made_by_asking_is_not_dropped_for_being_younger_than_the_answer(world: World) -> None:
    org_id = await world.organization()
    await world.thing(org_id)
    world.gate = gate = Gate()
    rebuilding = asyncio.create_task(world.rebuild("snapshot"))
    await gate.reached.wait()
    asked = await world.thing(org_id, "asked for", told=False)
    insert = "INSERT INTO copy (org_id, id, version, name) VALUES (:org, :id, 1, 'asked for')"
    await world.spoil(insert, org=org_id, id=asked)
    gate.opened.set()
    assert (await rebuilding).dropped == 0
    assert (org_id, asked, 1, "asked for", False) in await world.copies()


async def test_a_fact_that_is_refused_is_named_and_keeps_no_other_from_being_told(world: World) -> None:
    org_id = await world.organization()
    things = [await world.thing(org_id, told=False) for _ in range(TOGETHER + 3)]

    async def refuse_one(session: AsyncSession, event: Event[ThingState]) -> None:
        if event.subject == things[5]:
            raise ValueError("as ordered")
        await keep(session, event)

    replicas = Replicas((Subscription(ThingChanged, refuse_one, keeps_replica=True),), {"probe.thing": Copy})
    with pytest.raises(CannotRebuild, match=rf"1 could not be told.*\n.*{things[5]}.*as ordered"):
        await world.rebuild("snapshot", replicas=replicas)
    assert {row[1] for row in await world.copies()} == set(things) - {things[5]}
    await world.rebuild("snapshot")
    assert {row[1] for row in await world.copies()} == set(things)


async def test_effects_are_not_told_again(world: World) -> None:
    async def send_mail(session: AsyncSession, event: Event[ThingState]) -> None:
        raise AssertionError("an effect was had twice")

    org_id = await world.organization()
    thing = await world.thing(org_id, told=False)
    replicas = Replicas((KEEPS, Subscription(OtherChanged, send_mail)), {"probe.thing": Copy})
    assert replicas.names == {ThingChanged.name}
    await world.rebuild("snapshot", replicas=replicas)
    assert [row[1] for row in await world.copies()] == [thing]


def test_every_keeping_subscription_has_its_table_and_the_other_way_round() -> None:
    with pytest.raises(ValueError, match=r"probe\.other"):
        Replicas((KEEPS,), {"probe.thing": Copy, "probe.other": Copy})
    with pytest.raises(ValueError, match=r"probe\.thing"):
        Replicas((KEEPS,), {})


async def test_an_owner_that_is_away_is_named(world: World) -> None:
    await world.thing(await world.organization())
    before = await world.copies()
    world.url = "http://127.0.0.1:9"
    with pytest.raises(CannotRebuild, match="gateway, whose facts are copied here"):
        await world.rebuild("snapshot")
    assert await world.copies() == before


async def test_an_owner_that_answers_in_another_order_costs_nothing(world: World) -> None:
    org_id = await world.organization()
    things = [await world.thing(org_id) for _ in range(3)]
    before = await world.copies()
    async with answering_backwards(org_id, things) as world.url:
        with pytest.raises(CannotRebuild, match="not in its order"):
            await world.rebuild("snapshot")
    assert await world.copies() == before


@asynccontextmanager
async def answering_backwards(org_id: UUID, things: list[UUID]) -> AsyncIterator[str]:
    app = FastAPI()

    @app.get("/internal/organizations")
    async def list_organizations(after: UUID | None = None) -> dict[str, list[UUID]]:
        return {"items": [] if after else [org_id]}

    @app.get("/internal/snapshot/thing")
    async def list_facts() -> Response:
        rows = [Thing(org_id=org_id, id=thing, version=1, name="thing") for thing in sorted(things, reverse=True)]
        return Response(b"[%b]" % b",".join(restate_thing(row).to_bytes() for row in rows))

    async with serving(app) as url:
        yield url
