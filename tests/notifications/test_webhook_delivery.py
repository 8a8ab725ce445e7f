"""What reaches an endpoint, however it, the network or the worker behaves."""

import asyncio
import json
import os
import signal
import ssl
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.config import Settings
from notifications.webhooks.deliveries import repository, service
from notifications.webhooks.deliveries.dispatch import RETRY_DELAYS
from notifications.webhooks.deliveries.posting import MOST_REST, Poster
from notifications.webhooks.targets import Targets
from notifications.worker import create_worker
from shared.bus.memory import MemoryHub, MemoryTransport
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from tests.notifications.conftest import WEBHOOK_KEY, Dispatching
from tests.notifications.receiver import (
    CONTACTS,
    UPDATED,
    WEBHOOKS,
    Receiver,
    contact_updated,
    delivery_of,
    happen,
    logged,
    made,
    message_of,
    organization_updated,
    settled,
    tried,
)
from tests.support.identity import PRIVATE_KEY, client_of
from tests.support.outbox import recorded
from tests.support.postgres import Databases
from tests.support.waiting import until


async def test_an_event_on_the_bus_arrives_by_the_worker_as_it_is_put_together(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, tmp_path: Path
) -> None:
    settings = Settings(
        database_url=SecretStr("postgresql+asyncpg:///unused"),
        identity_private_key=SecretStr(PRIVATE_KEY),
        documents_url="http://127.0.0.1:9",
        portal_url="http://127.0.0.1:9",
        mail_from="ficha@ficha.example",
        mail_folder=tmp_path,
        webhook_keys=SecretStr(WEBHOOK_KEY),
        webhook_private_hosts="127.0.0.1",
    )
    webhook = await made(client, receiver.url)
    transport = MemoryTransport(MemoryHub())
    worker = create_worker(settings, database, transport)
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    event = contact_updated(org_id)
    twice = [message_of(event), message_of(event)]
    assert await transport.publish(twice) == [None, None]
    await settled(client, webhook, event.id, "delivered")
    # What notifications itself says goes the same way: recorded, relayed, heard by itself, posted.
    await client.patch(f"{WEBHOOKS}/{(await made(client, receiver.url))['id']}", json={"enabled": False})
    [_, own] = await receiver.got(2)
    stop.set()
    await asyncio.wait_for(running, 10)
    assert own.verified(webhook["secret"])["type"] == "ficha.notifications.webhook.disabled.v1"
    assert [seen.id for seen in receiver.seen].count(str(event.id)) == 1


async def test_each_webhook_gets_what_it_has_chosen_once(
    database: Database, app: Any, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    everything = await made(client, receiver.url)
    contacts = await made(client, receiver.url, CONTACTS, "ficha.crm.*")
    exactly = await made(client, receiver.url, UPDATED)
    others = await made(client, receiver.url, "ficha.documents.*", "ficha.contacts.contact.created.v1")
    disabled = await made(client, receiver.url, enabled=False)
    contact, organization = contact_updated(org_id), organization_updated(org_id)
    elsewhere = contact_updated(new_id())
    await happen(database, contact, organization, elsewhere)
    await happen(database, contact)

    async def ids(webhook: dict[str, Any]) -> list[str]:
        return [delivery["id"] for delivery in await logged(client, webhook)]

    assert await ids(everything) == [str(organization.id), str(contact.id)]
    assert await ids(contacts) == await ids(exactly) == [str(contact.id)]
    assert await ids(others) == await ids(disabled) == []
    async with client_of(app, elsewhere.org_id) as neighbour:
        theirs = await made(neighbour, receiver.url)
        await happen(database, later := contact_updated(elsewhere.org_id))
        async with dispatching():
            await settled(neighbour, theirs, later.id, "delivered")
            for webhook in (everything, contacts, exactly):
                await settled(client, webhook, contact.id, "delivered")
            await settled(client, everything, organization.id, "delivered")
    assert len(receiver.seen) == 5
    assert {seen.id for seen in receiver.seen} == {str(e.id) for e in (contact, organization, later)}


async def test_an_organisation_without_webhooks_leaves_nothing_behind(database: Database, org_id: UUID) -> None:
    await happen(database, contact_updated(org_id))
    async with database.engine.connect() as connection:
        await connection.execute(text("SELECT set_config('app.org_id', :org, true)"), {"org": str(org_id)})
        left = await connection.scalar(text("SELECT count(*) FROM webhook_delivery"))
        waking = await connection.scalar(text("SELECT count(*) FROM webhook_wake"))
    assert (left, waking) == (0, 0)


async def test_a_failure_is_tried_again_under_the_same_id_with_a_new_time(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    receiver.statuses = [500, 404]
    webhook = await made(client, receiver.url, CONTACTS)
    event = contact_updated(org_id)
    async with dispatching():
        await happen(database, event)
        delivery = await settled(client, webhook, event.id, "delivered")
    assert [line["status_code"] for line in delivery["log"]] == [204, 404, 500]
    assert [line["error"] for line in delivery["log"]] == [None, "404 Not Found", "500 Internal Server Error"]
    assert [line["answer"] for line in delivery["log"]] == ["", "so be it", "so be it"]
    assert all(line["ms"] >= 0 and line["at"] for line in delivery["log"])
    assert (delivery["attempts"], delivery["last_status_code"], delivery["last_error"]) == (3, 204, None)
    assert delivery["next_attempt_at"] is None
    assert {seen.id for seen in receiver.seen} == {str(event.id)}
    assert all(seen.verified(webhook["secret"]) for seen in receiver.seen)
    assert (await client.get(f"{WEBHOOKS}/{webhook['id']}")).json()["failing_since"] is None


async def test_between_attempts_it_waits_as_the_ladder_says(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    assert RETRY_DELAYS == (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
    receiver.statuses = [500]
    webhook = await made(client, receiver.url, CONTACTS)
    event = contact_updated(org_id)
    async with dispatching(ladder=RETRY_DELAYS[1:]):
        await happen(database, event)
        delivery = await tried(client, webhook, event.id)
    wait = datetime.fromisoformat(delivery["next_attempt_at"]) - datetime.fromisoformat(delivery["log"][0]["at"])
    assert timedelta(seconds=300) <= wait <= timedelta(seconds=331)
    assert delivery["status"] == "pending"
    assert (await client.get(f"{WEBHOOKS}/{webhook['id']}")).json()["failing_since"] == delivery["log"][0]["at"]


@pytest.mark.parametrize("header", ["120", "date", "999999999", "nonsense", "-5", ""])
async def test_an_overloaded_endpoint_is_left_alone_for_as_long_as_it_asks(header: str) -> None:
    async def busy(_: web.Request) -> web.StreamResponse:
        value = format_datetime(datetime.now(UTC) + timedelta(seconds=120)) if header == "date" else header
        return web.Response(status=503, headers={"Retry-After": value})

    async with Receiver(answer=busy).running() as receiver:
        poster = Poster(Targets(private={"127.0.0.1"}), rest_seconds=7)
        outcome = await poster.post(receiver.url, {}, b"")
        await poster.close()
    wanted = {"120": 120.0, "date": 119.0, "999999999": MOST_REST}.get(header, 7.0)
    assert wanted - 2 <= outcome.rest <= wanted + 1


async def test_an_endpoint_that_wants_a_rest_gets_it_for_all_its_deliveries(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    async def busy(_: web.Request) -> web.StreamResponse:
        return web.Response(status=429, headers={"Retry-After": "60"})

    receiver.answer = busy
    webhook = await made(client, receiver.url, CONTACTS)
    subject = new_id()
    events = [contact_updated(org_id, subject=subject, version=version) for version in (1, 2, 3)]
    async with dispatching():
        await happen(database, *events)
        await tried(client, webhook, events[0].id)
        await happen(database, late := contact_updated(org_id))
        async with Receiver().running() as other:
            marker = await made(client, other.url, CONTACTS)
            await happen(database, last := contact_updated(org_id))
            await settled(client, marker, last.id, "delivered")
    assert len(receiver.seen) == 1
    assert (await delivery_of(client, webhook, late.id))["attempts"] == 0


async def test_the_ladder_has_an_end_and_an_endpoint_that_only_failed_on_it_is_disabled(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    receiver.statuses = [500] * 3
    webhook = await made(client, receiver.url, CONTACTS)
    event = contact_updated(org_id)
    async with dispatching(ladder=(0.02, 0.02)):
        await happen(database, event)
        delivery = await settled(client, webhook, event.id, "failed")
    assert [line["status_code"] for line in delivery["log"]] == [500] * 3
    assert (delivery["last_error"], delivery["next_attempt_at"]) == ("500 Internal Server Error", None)
    shown = (await client.get(f"{WEBHOOKS}/{webhook['id']}")).json()
    assert (shown["enabled"], shown["disabled_reason"], shown["version"]) == (False, "failing", 2)
    [told] = await recorded(database, org_id)
    assert (told.name, told.subject) == ("ficha.notifications.webhook.disabled.v1", UUID(webhook["id"]))
    assert told.data.disabled_reason == "failing"


async def test_one_event_given_up_among_successes_disables_nothing(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    poison = contact_updated(org_id)

    async def picky(request: web.Request) -> web.StreamResponse:
        return web.Response(status=422 if request.headers["webhook-id"] == str(poison.id) else 200)

    receiver.answer = picky
    webhook = await made(client, receiver.url, CONTACTS)
    async with dispatching(ladder=(0.02, 0.2)):
        await happen(database, poison)
        await tried(client, webhook, poison.id)
        await happen(database, fine := contact_updated(org_id))
        await settled(client, webhook, fine.id, "delivered")
        await settled(client, webhook, poison.id, "failed")
    assert (await client.get(f"{WEBHOOKS}/{webhook['id']}")).json()["enabled"] is True


async def test_410_gone_disables_it_at_once_and_what_waits_goes_on_when_a_person_enables_it(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    receiver.statuses = [410]
    webhook = await made(client, receiver.url, CONTACTS)
    path = f"{WEBHOOKS}/{webhook['id']}"
    subject = new_id()
    first, second = (contact_updated(org_id, subject=subject, version=version) for version in (1, 2))
    async with dispatching():
        await happen(database, first, second)
        delivery = await settled(client, webhook, first.id, "failed")
        assert (delivery["attempts"], delivery["last_error"]) == (1, "410 Gone")
        shown = (await client.get(path)).json()
        assert (shown["enabled"], shown["disabled_reason"]) == (False, "gone")
        await happen(database, unheard := contact_updated(org_id))
        for action in ("test", f"deliveries/{first.id}/resend"):
            answer = await client.post(f"{path}/{action}")
            assert (answer.status_code, answer.json()["code"]) == (409, "notifications.webhook_disabled")
        assert (await delivery_of(client, webhook, second.id))["status"] == "pending"
        await client.patch(path, json={"enabled": True})
        await settled(client, webhook, second.id, "delivered")
    assert [seen.id for seen in receiver.seen] == [str(first.id), str(second.id)]
    assert str(unheard.id) not in [delivery["id"] for delivery in await logged(client, webhook)]


async def test_410_from_where_it_no_longer_goes_disables_nothing(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    async def gone_at_last(request: web.Request) -> web.StreamResponse:
        await receiver.hang(request)
        return web.Response(status=410)

    receiver.answer = gone_at_last
    webhook = await made(client, receiver.url, CONTACTS)
    event = contact_updated(org_id)
    async with dispatching():
        await happen(database, event)
        await receiver.got(1)
        await client.patch(f"{WEBHOOKS}/{webhook['id']}", json={"url": "http://127.0.0.1:9/"})
        receiver.released.set()
        await settled(client, webhook, event.id, "failed")
    assert (await client.get(f"{WEBHOOKS}/{webhook['id']}")).json()["enabled"] is True


async def test_no_answer_in_time_is_a_failure(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    receiver.answer = receiver.hang
    webhook = await made(client, receiver.url, CONTACTS)
    event = contact_updated(org_id)
    async with dispatching(timeout=0.2, ladder=()):
        await happen(database, event)
        delivery = await settled(client, webhook, event.id, "failed")
    assert (delivery["last_error"], delivery["last_status_code"]) == ("no answer within 0.2 s", None)
    assert delivery["log"][0]["ms"] >= 190


async def _refuse() -> str:
    listening = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    listening.close()
    await listening.wait_closed()
    return f"http://127.0.0.1:{port}/"


async def test_a_closed_port_is_a_failure() -> None:
    poster = Poster(Targets(private={"127.0.0.1"}))
    assert (await poster.post(await _refuse(), {}, b"")).error == "the connection was refused"
    await poster.close()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", "the connection was closed without an answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "no usable answer: ClientResponseError"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20_000 + b"\r\n\r\n", "no usable answer: ClientResponseError"),
        (b"HTTP/1.1 299 Fine\r\nContent-Length: 100\r\n\r\nbroken o", None),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope", None),
        (b"HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n", "999"),
    ],
)
async def test_a_strange_answer_is_an_outcome_like_any_other(answer: bytes, error: str | None) -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(say, "127.0.0.1", 0)
    poster = Poster(Targets(private={"127.0.0.1"}), timeout=5)
    outcome = await poster.post(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/", {}, b"")
    await poster.close()
    listening.close()
    await listening.wait_closed()
    assert outcome.error == error


async def test_an_endless_answer_is_read_to_64_kib_and_kept_to_one(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    sent = 0

    async def pour(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"\x00\xff<b>" + "ñ".encode() * 4000)
            sent += 8000

    receiver.answer = pour
    webhook = await made(client, receiver.url, CONTACTS)
    event = contact_updated(org_id)
    async with dispatching(timeout=30):
        await happen(database, event)
        delivery = await settled(client, webhook, event.id, "delivered")
    answer = delivery["log"][0]["answer"]
    assert answer.startswith("\ufffd\ufffd<b>ñññ")
    assert len(answer.encode()) < 3 * 1024
    assert sent < 50_000_000


async def test_a_certificate_nobody_vouches_for_is_not_trusted(
    database: Database, client: httpx.AsyncClient, org_id: UUID, dispatching: Dispatching, tls: ssl.SSLContext
) -> None:
    async with Receiver().running(tls=tls) as receiver, dispatching(ladder=()):
        webhook = await made(client, receiver.url, CONTACTS)
        await happen(database, event := contact_updated(org_id))
        delivery = await settled(client, webhook, event.id, "failed")
    assert delivery["last_error"].startswith("TLS: ")
    assert "self" in delivery["last_error"]
    assert receiver.seen == []


async def test_events_of_one_aggregate_go_one_after_another_in_order(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    under_way: set[str] = set()

    async def watch(request: web.Request) -> web.StreamResponse:
        subject = (await request.json())["subject"]
        assert subject not in under_way
        under_way.add(subject)
        await asyncio.sleep(0)
        under_way.discard(subject)
        return web.Response()

    receiver.answer = watch
    await made(client, receiver.url, CONTACTS)
    subjects = [new_id(), new_id()]
    # The bus brought them the wrong way round.
    await happen(database, *(contact_updated(org_id, subject=s, version=v) for v in range(10, 0, -1) for s in subjects))
    async with dispatching():
        await receiver.got(20)
    order = [json.loads(seen.body) for seen in receiver.seen]
    for subject in subjects:
        versions = [event["aggregateversion"] for event in order if event["subject"] == str(subject)]
        assert versions == list(range(1, 11))


async def test_a_slow_endpoint_gets_four_at_once_from_all_workers_and_holds_up_nobody(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    receiver.answer = receiver.hang
    slow = await made(client, receiver.url, CONTACTS)
    async with Receiver().running() as other, dispatching(timeout=60), dispatching(timeout=60):
        await happen(database, *(contact_updated(org_id) for _ in range(60)))
        await receiver.got(4)
        quick = await made(client, other.url, CONTACTS)
        await happen(database, event := contact_updated(org_id))
        await settled(client, quick, event.id, "delivered")
        assert receiver.most_open == 4
        await client.patch(f"{WEBHOOKS}/{slow['id']}", json={"enabled": False})
        receiver.released.set()


async def test_a_long_turn_keeps_its_lane(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    let_go = asyncio.Event()

    async def take_long(_: web.Request) -> web.StreamResponse:
        await let_go.wait()
        return web.Response()

    held: set[Any] = set()

    async def renewed_thrice() -> bool:
        async with database.engine.connect() as connection:
            statement = text("SELECT held_until FROM webhook_lane WHERE org_id = :org")
            held.add(await connection.scalar(statement, {"org": org_id}))
        return len(held - {None}) >= 4

    receiver.answer = take_long
    webhook = await made(client, receiver.url, CONTACTS)
    async with dispatching(lease_seconds=0.3), dispatching(lease_seconds=0.3):
        await happen(database, event := contact_updated(org_id))
        await receiver.got(1)
        await until(renewed_thrice)
        let_go.set()
        await settled(client, webhook, event.id, "delivered")
    assert len(receiver.seen) == 1


async def test_what_is_added_while_a_lane_is_released_wakes_it_again(
    database: Database, client: httpx.AsyncClient, org_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at what is due, which sees nothing, and the note that nothing is."""
    webhook = await made(client, "http://127.0.0.1:9/", CONTACTS)
    looked = repository.next_due
    taking: list[asyncio.Task[list[service.LaneLease]]] = []

    async def take() -> list[service.LaneLease]:
        async with database.transaction(Scope(org_id=None)) as session:
            return await service.take_lanes(session, seconds=60, limit=10)

    async def look_and_be_overtaken(session: AsyncSession, webhook_id: UUID) -> datetime | None:
        found = await looked(session, webhook_id)
        await happen(database, contact_updated(org_id))
        taking.append(asyncio.create_task(take()))
        await until(stuck_or_done, what="the other worker")
        return found

    async def stuck_or_done() -> bool:
        async with database.engine.connect() as connection:
            waits = (
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%webhook_lane%'"
            )
            return taking[0].done() or bool(await connection.scalar(text(waits)))

    await happen(database, contact_updated(org_id))
    [lane] = await take()
    async with database.engine.begin() as connection:
        await connection.execute(text("SELECT set_config('app.org_id', :org, true)"), {"org": str(org_id)})
        await connection.execute(text("UPDATE webhook_delivery SET status = 'delivered', due_at = NULL"))
    monkeypatch.setattr(repository, "next_due", look_and_be_overtaken)
    async with database.transaction(Scope(org_id=org_id)) as session:
        await service.release_lane(session, lane, rest=0)
    found = await taking[0] or await take()
    assert [str(taken.webhook_id) for taken in found] == [webhook["id"]]


async def test_a_worker_killed_between_the_answer_and_its_settling_is_replaced_and_the_id_stays(
    database: Database,
    databases: Databases,
    client: httpx.AsyncClient,
    org_id: UUID,
    receiver: Receiver,
    dispatching: Dispatching,
) -> None:
    urls = await databases.urls("notifications")
    given = json.dumps({"database": urls.database_url, "keys": WEBHOOK_KEY})
    webhook = await made(client, receiver.url, CONTACTS)
    event = contact_updated(org_id)
    await happen(database, event)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.notifications.webhook_process", given, cwd=Path(__file__).parents[2]
    )

    async def kill(_: web.Request) -> web.StreamResponse:
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        return web.Response()

    # The endpoint has it all, and its sender will never hear so.
    receiver.answer = kill
    await asyncio.wait_for(process.wait(), 30)
    assert (await delivery_of(client, webhook, event.id))["status"] == "pending"
    receiver.answer = Receiver().answer
    async with dispatching():
        await settled(client, webhook, event.id, "delivered")
    first, second = receiver.seen
    assert first.id == second.id == str(event.id)
    assert first.verified(webhook["secret"]) == second.verified(webhook["secret"])


async def test_a_worker_that_stops_leaves_nothing_half_said(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    """What is under way ends and is settled; what is due stays due for the next one."""
    began = asyncio.Event()
    end = asyncio.Event()

    async def slow(_: web.Request) -> web.StreamResponse:
        began.set()
        await end.wait()
        return web.Response()

    receiver.answer = slow
    webhook = await made(client, receiver.url, CONTACTS)
    subject = new_id()
    first, second = (contact_updated(org_id, subject=subject, version=version) for version in (1, 2))
    async with dispatching():
        await happen(database, first, second)
        await asyncio.wait_for(began.wait(), 10)
        asyncio.get_running_loop().call_later(0.1, end.set)
    assert (await delivery_of(client, webhook, first.id))["status"] == "delivered"
    assert (await delivery_of(client, webhook, second.id))["attempts"] == 0
    async with dispatching():
        await settled(client, webhook, second.id, "delivered")
    assert len(receiver.seen) == 2
