"""Server-sent events: what changed, to those whom it concerns, while they listen."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import httpx
import orjson
from fastapi import FastAPI

from gateway.config import Settings
from gateway.live import RESYNC, Hub, hub_of
from gateway.main import create_app
from gateway.worker import create_worker
from local.rabbitmq import RabbitMQ
from shared.bus.amqp.transport import AmqpTransport
from shared.bus.memory import MemoryHub, MemoryTransport
from shared.bus.message import Message
from shared.clock import utc_now
from shared.db.session import Database
from shared.events.contacts import PersonLinked, PersonLinkState
from shared.events.crm import NoteDeleted, NoteState
from shared.events.gateway import OrganizationState, OrganizationUpdated
from shared.identifiers import new_id
from shared.web.identity import Identity
from tests.gateway.conftest import Person, log_in, settings_for
from tests.gateway.peers import Peer, serving
from tests.support.postgres import Databases
from tests.support.waiting import until

ALL = frozenset({"*"})


def note(org_id: UUID, contact_id: UUID) -> Message:
    state = NoteState(id=new_id(), contact_id=contact_id, author="Ana", pinned=False)
    event = NoteDeleted(id=new_id(), occurred_at=utc_now(), org_id=org_id, subject=state.id, version=3, data=state)
    return Message(event.id, event.name, event.to_bytes())


def link(org_id: UUID, company_id: UUID, person_id: UUID) -> Message:
    state = PersonLinkState(
        id=new_id(), company_id=company_id, person_id=person_id, is_primary=False, send_copies=False
    )
    event = PersonLinked(id=new_id(), occurred_at=utc_now(), org_id=org_id, subject=state.id, version=1, data=state)
    return Message(event.id, event.name, event.to_bytes())


def organization(org_id: UUID) -> Message:
    state = OrganizationState(id=org_id, name="A", slug="a", currency="EUR", language="es")
    event = OrganizationUpdated(
        id=new_id(), occurred_at=utc_now(), org_id=org_id, subject=org_id, version=2, data=state
    )
    return Message(event.id, event.name, event.to_bytes())


@asynccontextmanager
async def listening(client: httpx.AsyncClient, path: str = "/api/v1/stream") -> AsyncIterator[AsyncIterator[str]]:
    """The stream's lines, from when it is open."""
    async with client.stream("GET", path) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()
        assert await anext(lines) == "retry: 2000"
        yield lines


async def next_data(lines: AsyncIterator[str]) -> dict[str, object]:
    async with asyncio.timeout(5):
        async for line in lines:
            if line.startswith("data: "):
                data: dict[str, object] = orjson.loads(line[6:])
                return data
    raise AssertionError("the stream ended")


async def test_a_stream_tells_what_changed_in_its_organisation_only(
    client: httpx.AsyncClient, app: FastAPI, admin: Person
) -> None:
    hub, contact = app.state.hub, new_id()
    async with listening(client) as lines:
        hub.show(note(new_id(), contact))
        mine = note(admin.org_id, contact)
        hub.show(mine)
        data = await next_data(lines)
        assert data == {
            "type": "ficha.crm.note.deleted.v1",
            "subject": orjson.loads(mine.body)["subject"],
            "contact_id": str(contact),
            "version": 3,
        }


async def test_a_contacts_stream_tells_of_that_contact_only(
    client: httpx.AsyncClient, app: FastAPI, admin: Person
) -> None:
    hub, contact, other = app.state.hub, new_id(), new_id()
    async with listening(client, f"/api/v1/stream?contact_id={contact}") as lines:
        hub.show(note(admin.org_id, other))
        hub.show(organization(admin.org_id))
        hub.show(link(admin.org_id, other, contact))
        assert (await next_data(lines))["type"] == "ficha.contacts.person_link.linked.v1"


async def test_a_closed_stream_is_forgotten(client: httpx.AsyncClient, app: FastAPI, admin: Person) -> None:
    async with listening(client):
        assert len(app.state.hub) == 1

    async def none_left() -> bool:
        return len(app.state.hub) == 0

    await until(none_left)


async def test_scopes_decide_which_events_a_key_hears() -> None:
    hub, org_id = Hub(), new_id()
    stream = hub.open(Identity(org_id, "key:1", frozenset({"contacts:read"})), None)
    hub.show(note(org_id, new_id()))
    hub.show(organization(org_id))
    hub.show(link(org_id, new_id(), new_id()))
    chunk = await stream.next(within=1)
    assert chunk is not None
    assert b"person_link" in chunk


async def test_who_is_too_slow_is_told_to_ask_anew_and_sent_away() -> None:
    hub, org_id = Hub(), new_id()
    slow, quick = (hub.open(Identity(org_id, "user:1", ALL), None) for _ in range(2))
    for _ in range(300):
        hub.show(note(org_id, new_id()))
        assert await quick.next(within=1)
    assert [await slow.next(within=1), await slow.next(within=1)] == [RESYNC, None]
    assert not quick.ended


async def test_what_is_no_event_of_ours_is_passed_over() -> None:
    hub, org_id = Hub(), new_id()
    stream = hub.open(Identity(org_id, "user:1", ALL), None)
    for body in (b"", b"[]", b"{}", b'{"orgid": 7}', b'{"orgid": "%b", "source": 3}' % str(org_id).encode()):
        hub.show(Message(new_id(), "x", body))
    hub.show(organization(org_id))
    assert await stream.next(within=1)


async def test_a_stream_ends_with_its_session(client: httpx.AsyncClient) -> None:
    async with listening(client) as lines:
        await client.delete("/api/v1/session")
        async with asyncio.timeout(5):
            assert [line async for line in lines if line] == []


async def test_an_open_stream_does_not_keep_the_process_from_stopping(
    peers: dict[str, Peer], database: Database, admin: Person
) -> None:
    app = create_app(settings_for(peers), database)
    async with serving(app, app.state.settings.port) as url, httpx.AsyncClient(base_url=url) as client:
        await log_in(client, admin)
        async with listening(client) as lines:
            started = time.monotonic()
            app.state.stop.set()
            assert [line async for line in lines if line] == []
            assert time.monotonic() - started < 2


async def test_both_doors_of_a_process_share_one_hub(peers: dict[str, Peer], database: Database, admin: Person) -> None:
    settings: Settings = settings_for(peers)
    transport = MemoryTransport(MemoryHub())
    create_worker(settings, database, transport)
    app = create_app(settings, database)
    assert app.state.hub is hub_of(database)
    stream = app.state.hub.open(Identity(admin.org_id, "user:1", ALL), None)
    assert await transport.publish([organization(admin.org_id)]) == [None]
    assert b"organization.updated" in (await stream.next(within=1) or b"")
    app.state.hub.close(stream)


async def test_where_the_worker_is_another_process_the_stream_hears_the_broker_itself(
    peers: dict[str, Peer], databases: Databases, admin: Person, rabbitmq: RabbitMQ
) -> None:
    elsewhere = AmqpTransport(rabbitmq.url, "crm")
    message = note(admin.org_id, new_id())
    async with databases.connect("gateway") as own:
        app = create_app(settings_for(peers, amqp_url=rabbitmq.url), own)
        async with serving(app, app.state.settings.port) as url, httpx.AsyncClient(base_url=url) as client:
            await log_in(client, admin)
            async with listening(client) as lines:
                heard = asyncio.create_task(next_data(lines))

                async def published_and_heard() -> bool:
                    assert await elsewhere.publish([message]) == [None]
                    return heard.done()

                await until(published_and_heard, within=5, every=0.1)
                assert (await heard)["version"] == 3
    stop = asyncio.Event()
    stop.set()
    await elsewhere.run(stop)  # closes what it published through
