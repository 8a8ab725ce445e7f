"""The log of deliveries: what it shows, how one catches up by it, and when it is forgotten."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from notifications.webhooks.deliveries import service
from notifications.webhooks.deliveries.retention import Retention
from shared.db.session import Database
from shared.identifiers import new_id
from tests.notifications.conftest import Dispatching
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
    organization_updated,
    settled,
    tried,
)
from tests.support.identity import client_of

PINGED = "ficha.notifications.webhook.pinged.v1"
NOWHERE = "http://127.0.0.1:9/"


def born(days_ago: float) -> UUID:
    """The id of an event of then."""
    moment = datetime.now(UTC) - timedelta(days=days_ago)
    return UUID(int=int(moment.timestamp() * 1000) << 80 | new_id().int & (1 << 80) - 1)


async def rows_of(database: Database, org_id: UUID, table: str) -> int:
    async with database.engine.connect() as connection:
        await connection.execute(text("SELECT set_config('app.org_id', :org, true)"), {"org": str(org_id)})
        statement = text(f"SELECT count(*) FROM {table} WHERE org_id = :org")
        return int(await connection.scalar(statement, {"org": org_id}) or 0)


async def test_the_log_is_newest_first_page_by_page_and_can_be_narrowed(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    webhook = await made(client, receiver.url)
    events = [contact_updated(org_id) for _ in range(4)]
    other = organization_updated(org_id)
    await happen(database, *events, other)
    path = f"{WEBHOOKS}/{webhook['id']}/deliveries"
    seen: list[str] = []
    params = {"limit": "2"}
    while True:
        page = (await client.get(path, params=params)).json()
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert seen == [str(event.id) for event in [*events, other]][::-1]
    async with dispatching():
        for event in (*events, other):
            await settled(client, webhook, event.id, "delivered")
    await client.patch(f"{WEBHOOKS}/{webhook['id']}", json={"url": NOWHERE})
    await happen(database, late := contact_updated(org_id))

    async def ids(**filters: str) -> list[str]:
        return [item["id"] for item in await logged(client, webhook, **filters)]

    assert await ids(status="pending") == [str(late.id)]
    assert await ids(status="failed") == []
    assert await ids(type=other.name) == [str(other.id)]
    assert await ids(type=UPDATED, status="delivered") == [str(event.id) for event in events][::-1]
    [item] = await logged(client, webhook, type=other.name)
    assert item["subject"] == str(org_id)
    assert (item["aggregate_version"], item["attempts"], item["last_status_code"]) == (1, 1, 204)
    assert "body" not in item
    assert "log" not in item


@pytest.mark.parametrize(
    "path", ["?status=lost", "?limit=0", "?limit=201", "?cursor=nonsense", "?cursor=WzFd", "/not-an-id"]
)
async def test_bad_input_is_named(client: httpx.AsyncClient, path: str) -> None:
    webhook = await made(client, NOWHERE)
    answer = await client.get(f"{WEBHOOKS}/{webhook['id']}/deliveries{path}")
    assert (answer.status_code, bool(answer.json()["errors"])) == (422, True)


async def test_a_ping_goes_to_one_webhook_whatever_it_has_chosen(
    client: httpx.AsyncClient, app: FastAPI, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    async with client_of(app, org_id, "notifications:write", "notifications:read", "documents:read") as key:
        webhook = await made(key, receiver.url, "ficha.documents.*")
        await made(client, receiver.url)
        answer = await key.post(f"{WEBHOOKS}/{webhook['id']}/test", headers={"Idempotency-Key": "p"})
        again = await key.post(f"{WEBHOOKS}/{webhook['id']}/test", headers={"Idempotency-Key": "p"})
        assert (answer.status_code, answer.json()["type"], answer.json()["status"]) == (202, PINGED, "pending")
        assert again.json() == answer.json()
        async with dispatching():
            await settled(key, webhook, answer.json()["id"], "delivered")
    [seen] = receiver.seen
    envelope = seen.verified(webhook["secret"])
    assert (envelope["type"], envelope["subject"], envelope["id"]) == (PINGED, webhook["id"], seen.id)
    assert envelope["data"]["types"] == ["ficha.documents.*"]
    assert envelope["actor"] == "user:test"


async def test_a_delivery_is_sent_again_by_a_person_under_its_own_id(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    webhook = await made(client, receiver.url, CONTACTS)
    event = contact_updated(org_id)
    path = f"{WEBHOOKS}/{webhook['id']}/deliveries/{event.id}/resend"
    async with dispatching(ladder=()):
        await happen(database, event)
        await settled(client, webhook, event.id, "delivered")
        answer = await client.post(path)
        assert (answer.status_code, answer.json()["status"]) == (200, "pending")
        await receiver.got(2)
        delivery = await settled(client, webhook, event.id, "delivered")
    assert [seen.id for seen in receiver.seen] == [str(event.id)] * 2
    assert receiver.seen[0].body == receiver.seen[1].body
    assert len(delivery["log"]) == delivery["attempts"] == 2
    unknown = await client.post(f"{WEBHOOKS}/{webhook['id']}/deliveries/{new_id()}/resend")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "notifications.delivery_not_found")


async def test_a_person_need_not_wait_for_the_ladder(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    receiver.statuses = [500]
    webhook = await made(client, receiver.url, CONTACTS)
    event = contact_updated(org_id)
    async with dispatching(ladder=(3600,)):
        await happen(database, event)
        await tried(client, webhook, event.id)
        await client.post(f"{WEBHOOKS}/{webhook['id']}/deliveries/{event.id}/resend")
        await settled(client, webhook, event.id, "delivered")


async def test_the_latest_attempts_are_kept_and_all_are_counted(
    database: Database,
    client: httpx.AsyncClient,
    org_id: UUID,
    receiver: Receiver,
    dispatching: Dispatching,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service, "MOST_LOGGED", 2)
    receiver.statuses = [500, 501, 502, 201]
    webhook = await made(client, receiver.url, CONTACTS)
    event = contact_updated(org_id)
    async with dispatching(ladder=(0.01, 0.01, 0.01)):
        await happen(database, event)
        delivery = await settled(client, webhook, event.id, "delivered")
    assert ([line["status_code"] for line in delivery["log"]], delivery["attempts"]) == ([201, 502], 4)


async def test_one_catches_up_after_an_outage(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    """What was given up since a moment, and only that, and under the same ids."""
    webhook = await made(client, receiver.url, CONTACTS)
    path = f"{WEBHOOKS}/{webhook['id']}"
    old = contact_updated(org_id, id=born(2))
    missed = [contact_updated(org_id) for _ in range(3)]
    fine = contact_updated(org_id)
    async with dispatching(ladder=()):
        await happen(database, fine)
        await settled(client, webhook, fine.id, "delivered")
        receiver.statuses = [500] * 4
        for event in (old, *missed):
            await happen(database, event)
            await settled(client, webhook, event.id, "failed")
            # No ladder here, so that one failure is a whole ladder of them.
            await client.patch(path, json={"enabled": True})
        receiver.seen.clear()
        since = (datetime.now(UTC) - timedelta(days=1)).isoformat()
        answer = await client.post(f"{path}/resend", json={"since": since})
        assert (answer.status_code, answer.json()) == (200, {"queued": 3, "more": False})
        for event in missed:
            await settled(client, webhook, event.id, "delivered")
        assert (await client.post(f"{path}/resend", json={"since": since})).json() == {"queued": 0, "more": False}
    assert {seen.id for seen in receiver.seen} == {str(event.id) for event in missed}
    assert (await delivery_of(client, webhook, old.id))["status"] == "failed"


async def test_catching_up_goes_a_thousand_at_a_time_oldest_first(
    database: Database, client: httpx.AsyncClient, org_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_REQUEUED", 2)
    webhook = await made(client, NOWHERE, CONTACTS)
    events = [contact_updated(org_id) for _ in range(3)]
    await happen(database, *events)
    async with database.engine.begin() as connection:
        await connection.execute(text("SELECT set_config('app.org_id', :org, true)"), {"org": str(org_id)})
        await connection.execute(text("UPDATE webhook_delivery SET status = 'failed', due_at = NULL"))
    body = {"since": "2026-01-01T00:00:00+01:00"}
    path = f"{WEBHOOKS}/{webhook['id']}/resend"
    assert (await client.post(path, json=body)).json() == {"queued": 2, "more": True}
    assert [item["id"] for item in await logged(client, webhook, status="failed")] == [str(events[2].id)]
    assert (await client.post(path, json=body)).json() == {"queued": 1, "more": False}


@pytest.mark.parametrize("since", ["yesterday", "2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", None])
async def test_a_moment_that_is_none_is_refused(client: httpx.AsyncClient, since: Any) -> None:
    webhook = await made(client, NOWHERE)
    answer = await client.post(f"{WEBHOOKS}/{webhook['id']}/resend", json={"since": since})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "since")


async def test_reading_does_not_allow_resending(
    database: Database, client: httpx.AsyncClient, app: FastAPI, org_id: UUID
) -> None:
    webhook = await made(client, NOWHERE, CONTACTS)
    await happen(database, event := contact_updated(org_id))
    path = f"{WEBHOOKS}/{webhook['id']}"
    async with client_of(app, org_id, "notifications:read", "contacts:read") as reader:
        assert [item["id"] for item in await logged(reader, webhook)] == [str(event.id)]
        for action in ("test", "resend", "rotate-secret", f"deliveries/{event.id}/resend"):
            assert (await reader.post(f"{path}/{action}", json={})).status_code == 403
    async with client_of(app, org_id, "contacts:read") as neither:
        assert (await neither.get(WEBHOOKS)).status_code == 403


async def test_the_log_is_forgotten_after_thirty_days(
    database: Database, client: httpx.AsyncClient, org_id: UUID
) -> None:
    webhook = await made(client, NOWHERE, CONTACTS)
    older, old, young = (contact_updated(org_id, id=born(days)) for days in (40, 30.1, 29.9))
    await happen(database, older, old, young)
    await Retention(database).forget_old(asyncio.Event())
    assert [item["id"] for item in await logged(client, webhook)] == [str(young.id)]


async def test_a_deleted_webhook_gets_nothing_more_and_leaves_nothing_in_the_end(
    database: Database, client: httpx.AsyncClient, org_id: UUID, receiver: Receiver, dispatching: Dispatching
) -> None:
    webhook, other = await made(client, receiver.url, CONTACTS), await made(client, receiver.url, CONTACTS)
    event = contact_updated(org_id)
    await happen(database, event)
    await client.delete(f"{WEBHOOKS}/{webhook['id']}")
    async with dispatching():
        await settled(client, other, event.id, "delivered")
        await happen(database, late := contact_updated(org_id))
        await settled(client, other, late.id, "delivered")
    assert len(receiver.seen) == 2
    assert await rows_of(database, org_id, "webhook_delivery") == 3
    await Retention(database).forget_old(asyncio.Event())
    tables = ("webhook", "webhook_delivery", "webhook_lane")
    assert [await rows_of(database, org_id, table) for table in tables] == [1, 2, 1]
