"""A request that waits for the next event, and what ends its waiting."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import orjson
from sqlalchemy import QueuePool

from gateway.feed import repository
from gateway.feed.bell import BELL
from gateway.handlers import on_any_event
from gateway.main import create_app
from gateway.worker import create_worker
from shared.bus.memory import MemoryHub, MemoryTransport
from shared.bus.message import Message
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from tests.gateway.conftest import Person, log_in, settings_for
from tests.gateway.feeding import CONTACT, NOTE, append, body_of, event_of, ids, read
from tests.gateway.peers import Peer, serving
from tests.support.waiting import until


@asynccontextmanager
async def asking(asked: Coroutine[Any, Any, Any]) -> AsyncIterator[asyncio.Task[Any]]:
    """The request under way, once it waits. It ends before the block does."""
    task = asyncio.create_task(asked)
    try:
        await waiters(1)
        yield task
        async with asyncio.timeout(5):
            await asyncio.wait([task])
    finally:
        task.cancel()


async def waiters(count: int) -> None:
    async def so_many() -> bool:
        return len(BELL) == count

    await until(so_many, what=f"{count} waiting")


async def test_it_waits_until_there_is_something_wanted(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    async with asking(read(client, wait=20, type=NOTE)) as answer:
        await append(database, admin.org_id, CONTACT)
        [note] = await append(database, admin.org_id, NOTE)
    found = await answer
    assert (ids(found), found["position"]) == ([note], 2)


async def test_what_the_worker_hears_is_answered_and_kept_once(
    peers: dict[str, Peer], client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    transport = MemoryTransport(MemoryHub())
    create_worker(settings_for(peers), database, transport)
    body = body_of(admin.org_id)
    message = Message(event_of(body).id, CONTACT, body)
    async with asking(read(client, wait=20)) as answer:
        assert await transport.publish([message]) == [None]
    assert len(ids(await answer)) == 1
    assert await transport.publish([message]) == [None]
    assert (await read(client))["position"] == 1, "delivered twice, kept once"


async def test_what_another_process_appends_is_found_too(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    """Nobody rings here."""
    event = event_of(body_of(admin.org_id))
    async with asking(read(client, wait=20)) as answer, database.transaction(Scope(org_id=admin.org_id)) as session:
        body = orjson.dumps(event.envelope)
        await repository.append(session, event_id=event.id, name=event.type, body=body)
    assert ids(await answer) == [str(event.id)]


async def test_it_does_not_wait_longer_than_asked(client: httpx.AsyncClient, database: Database, admin: Person) -> None:
    await append(database, admin.org_id, CONTACT)
    async with asking(read(client, after=0, wait=0.2, type=NOTE)) as answer:
        pass
    assert await answer == {"items": [], "position": 1, "next_cursor": None}


async def test_no_connection_waits_with_it(client: httpx.AsyncClient, database: Database, admin: Person) -> None:
    async def none_taken() -> bool:
        pool = database.engine.pool
        assert isinstance(pool, QueuePool)
        return pool.checkedout() == 0

    async with asking(read(client, wait=20)) as answer:
        await until(none_taken, within=5, what="every connection given back")
        assert not answer.done()
        await append(database, admin.org_id, CONTACT)


async def test_only_a_commit_rings_and_only_for_its_organisation(database: Database, org_id: UUID) -> None:
    event = event_of(body_of(org_id))
    with BELL.heard(org_id) as mine, BELL.heard(new_id()) as theirs:
        async with database.transaction(Scope(org_id=org_id)) as session:
            await on_any_event(session, event)
            assert not mine.is_set()
        assert mine.is_set()
        assert not theirs.is_set()
    assert len(BELL) == 0


async def test_who_loses_the_right_while_waiting_is_told(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    made = (await client.post("/api/v1/api-keys", json={"name": "program", "scopes": ["contacts:read"]})).json()
    headers = {"Authorization": f"Bearer {made['key']}"}
    async with httpx.AsyncClient(base_url=client.base_url, headers=headers) as keyed:
        async with asking(keyed.get("/api/v1/events", params={"wait": 20})) as answer:
            await client.delete(f"/api/v1/api-keys/{made['id']}")
            await append(database, admin.org_id, CONTACT)
        assert (await answer).status_code == 401


async def test_who_leaves_is_not_waited_for(client: httpx.AsyncClient, database: Database, admin: Person) -> None:
    task = asyncio.create_task(read(client, wait=20))
    await waiters(1)
    task.cancel()
    await waiters(0)


async def test_it_ends_when_the_process_is_to_stop(peers: dict[str, Peer], database: Database, admin: Person) -> None:
    app = create_app(settings_for(peers), database)
    async with serving(app, app.state.settings.port) as url, httpx.AsyncClient(base_url=url, timeout=10) as client:
        await log_in(client, admin)
        async with asking(read(client, wait=25)) as answer:
            app.state.stop.set()
        assert (await answer)["items"] == []
