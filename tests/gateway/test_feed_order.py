"""The feed has no gaps, whoever appends at the same time, and whatever is trimmed of it."""

import asyncio
import random
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from gateway.feed import repository, service
from gateway.feed.errors import EventsExpired
from gateway.feed.service import SPAN, TRIM_BATCH, Reading
from gateway.feed.trimmer import trim
from gateway.handlers import on_any_event
from shared.clock import utc_now
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from tests.gateway.conftest import Person
from tests.gateway.feeding import CONTACT, append, body_of, event_of, fill, ids, positions, read

WRITERS, TRANSACTIONS = 6, 40


class Interrupted(Exception):
    pass


async def look(database: Database, org_id: UUID, after: int) -> Reading:
    async with database.transaction(Scope(org_id=org_id)) as session:
        return await service.read(session, after=after, heard=None, types=[], limit=200)


async def test_who_follows_while_many_append_misses_nothing(database: Database) -> None:
    """Transactions of one to three events take their time to commit, and every fifth fails."""
    org_id, chance = new_id(), random.Random(7)
    committed: list[bytes] = []

    async def write() -> None:
        for _ in range(TRANSACTIONS):
            bodies = [body_of(org_id) for _ in range(chance.randint(1, 3))]
            try:
                async with database.transaction(Scope(org_id=org_id)) as session:
                    for body in bodies:
                        await on_any_event(session, event_of(body))
                    await session.execute(text("SELECT pg_sleep(:s)"), {"s": chance.random() * 0.003})
                    if chance.random() < 0.2:
                        raise Interrupted
                committed.extend(bodies)
            except Interrupted:
                continue

    async def follow(writing: asyncio.Future[list[None]]) -> list[tuple[int, bytes]]:
        followed: list[tuple[int, bytes]] = []
        position = 0
        while True:
            ended = writing.done()
            reading = await look(database, org_id, position)
            followed += reading.events
            position = reading.position
            if ended and not reading.events:
                return followed

    writing = asyncio.gather(*(write() for _ in range(WRITERS)))
    followed = await follow(writing)
    await writing
    assert [position for position, _ in followed] == list(range(1, len(committed) + 1))
    assert sorted(body for _, body in followed) == sorted(committed)


async def test_what_was_kept_long_enough_is_forgotten_and_said(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    await append(database, admin.org_id, *[CONTACT] * 4)
    await made_older(database, admin.org_id, upto=3)
    await trim(database, before=utc_now() - timedelta(days=1), stop=asyncio.Event())
    for after in (0, 2):
        answer = await client.get("/api/v1/events", params={"after": after, "wait": 5})
        assert answer.status_code == 410
        problem = answer.json()
        assert (problem["code"], problem["first_position"]) == ("events.expired", 4)
    assert positions(await read(client, after=3)) == [4]
    assert await stored(database, admin.org_id) == 1


async def test_positions_go_on_after_everything_is_forgotten(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    await append(database, admin.org_id, *[CONTACT] * 3)
    await made_older(database, admin.org_id, upto=3)
    for _ in range(2):  # the second time there is nothing to do
        await trim(database, before=utc_now() - timedelta(days=1), stop=asyncio.Event())
    assert await read(client, after=3) == {"items": [], "position": 3, "next_cursor": None}
    [fourth] = await append(database, admin.org_id, CONTACT)
    found = await read(client, after=3)
    assert (ids(found), positions(found)) == ([fourth], [4])


async def test_it_is_trimmed_in_batches_and_every_organisation_in_turn(database: Database) -> None:
    orgs = [new_id(), new_id()]
    for org_id in orgs:
        await fill(database, org_id, TRIM_BATCH + 5)
        await made_older(database, org_id, upto=TRIM_BATCH + 5)
    before = utc_now() - timedelta(days=1)
    async with database.transaction(Scope(org_id=orgs[0])) as session:
        assert await service.trim(session, before=before)
    assert await stored(database, orgs[0]) == 5
    await trim(database, before=before, stop=asyncio.Event())
    assert [await stored(database, org_id) for org_id in orgs] == [0, 0]


async def test_reading_and_trimming_walk_the_index(database: Database) -> None:
    """What they cost grows with what is asked, not with what is stored."""
    org_id = new_id()
    await fill(database, org_id, 4 * SPAN)
    async with database.transaction(Scope(org_id=org_id)) as session:
        await service.read(session, after=0, heard={"ficha.contacts."}, types=[], limit=200)
        await service.trim(session, before=utc_now())
        touched = (
            await session.execute(
                text("SELECT seq_tup_read, idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'event_log'")
            )
        ).one()
    assert touched.seq_tup_read == 0
    assert touched.idx_tup_fetch < SPAN


async def test_a_trimming_that_is_told_to_stop_stops(database: Database) -> None:
    org_id, stop = new_id(), asyncio.Event()
    await append(database, org_id, CONTACT)
    stop.set()
    await trim(database, before=utc_now() + timedelta(days=1), stop=stop)
    assert await stored(database, org_id) == 1


async def test_who_reads_while_it_is_trimmed_gets_all_or_is_told(database: Database) -> None:
    """A reading is one snapshot: what it passes over is never what went away meanwhile."""
    org_id = new_id()
    await append(database, org_id, *[CONTACT] * 300)

    async def forget() -> None:
        while await stored(database, org_id):
            async with database.transaction(Scope(org_id=org_id)) as session:
                await repository.trim(session, before=utc_now(), limit=10)

    async def read_all() -> None:
        while True:
            found = (await look(database, org_id, 100)).events
            assert [position for position, _ in found] == list(range(101, 301))

    forgetting = asyncio.create_task(forget())
    with pytest.raises(EventsExpired):
        await read_all()
    await forgetting


async def made_older(database: Database, org_id: UUID, *, upto: int) -> None:
    async with database.transaction(Scope(org_id=org_id)) as session:
        await session.execute(
            text(
                "UPDATE event_log SET recorded_at = recorded_at - interval '2 days'"
                " WHERE org_id = :org_id AND position <= :upto"
            ),
            {"org_id": org_id, "upto": upto},
        )


async def stored(database: Database, org_id: UUID) -> int:
    async with database.transaction(Scope(org_id=org_id)) as session:
        return await session.scalar(text("SELECT count(*) FROM event_log")) or 0
