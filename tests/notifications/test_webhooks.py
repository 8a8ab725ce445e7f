"""Webhooks over HTTP: who may make which, what they show, and that their secrets show nowhere."""

import base64
import logging
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text, update

from notifications.models import Webhook
from notifications.webhooks import service
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from tests.notifications.conftest import Dispatching
from tests.notifications.receiver import (
    CONTACTS,
    UPDATED,
    WEBHOOKS,
    Receiver,
    contact_updated,
    happen,
    logged,
    made,
    organization_updated,
    settled,
)
from tests.support.identity import client_of
from tests.support.outbox import recorded

URL = "https://hooks.example.test/ficha?key=1"
READS = [f"{noun}:read" for noun in ("contacts", "documents", "crm", "files", "portal", "notifications")]


@pytest.fixture
async def stranger(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, new_id()) as client:
        yield client


async def test_a_webhook_is_made_read_changed_and_deleted(client: httpx.AsyncClient) -> None:
    answer = await client.post(WEBHOOKS, json={"url": URL, "types": [CONTACTS], "description": "Almacén"})
    webhook = answer.json()
    path = f"{WEBHOOKS}/{webhook['id']}"
    assert (answer.status_code, answer.headers["location"], answer.headers["etag"]) == (201, path, '"1"')
    assert answer.headers["cache-control"] == "no-store"
    shown = {key: value for key, value in webhook.items() if key != "secret"}
    assert (await client.get(path)).json() == shown
    assert (await client.get(WEBHOOKS)).json() == {"items": [shown], "next_cursor": None}
    assert (shown["url"], shown["types"], shown["description"], shown["enabled"]) == (URL, [CONTACTS], "Almacén", True)
    assert (shown["disabled_reason"], shown["failing_since"], shown["created_by"]) == (None, None, "user:test")
    patched = await client.patch(path, json={"description": None, "types": []}, headers={"If-Match": '"1"'})
    assert (patched.status_code, patched.headers["etag"]) == (200, '"2"')
    assert (patched.json()["types"], patched.json()["description"]) == (["*"], None)
    assert (await client.patch(path, json={"types": ["*"]})).json()["version"] == 2
    assert (await client.patch(path, json={"enabled": False}, headers={"If-Match": '"1"'})).status_code == 412
    assert (await client.delete(path, headers={"If-Match": '"1"'})).status_code == 412
    assert (await client.delete(path)).status_code == 204
    assert (await client.get(path)).json()["code"] == "notifications.webhook_not_found"
    assert (await client.get(WEBHOOKS)).json()["items"] == []
    assert (await client.get(f"{path}/deliveries")).status_code == 404


async def test_the_list_is_newest_first_page_by_page(client: httpx.AsyncClient) -> None:
    ids = [(await made(client, URL))["id"] for _ in range(3)]
    first = (await client.get(WEBHOOKS, params={"limit": "2"})).json()
    rest = (await client.get(WEBHOOKS, params={"limit": "2", "cursor": first["next_cursor"]})).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == ids[::-1]
    assert rest["next_cursor"] is None


async def test_a_secret_is_made_from_32_random_bytes_or_given(client: httpx.AsyncClient) -> None:
    first, second = await made(client, URL), await made(client, URL)
    assert first["secret"] != second["secret"]
    assert len(base64.b64decode(first["secret"].removeprefix("whsec_"), validate=True)) == 32
    given = "whsec_" + base64.b64encode(bytes(range(24))).decode()
    assert (await made(client, URL, secret=given))["secret"] == given


@pytest.mark.parametrize(
    "secret",
    [
        base64.b64encode(bytes(32)).decode(),
        "whsec_" + base64.b64encode(bytes(23)).decode(),
        "whsec_" + base64.b64encode(bytes(65)).decode(),
        "whsec_not base64 at all, but long enough",
        "",
    ],
)
async def test_a_secret_that_is_none_is_refused_and_not_repeated(client: httpx.AsyncClient, secret: str) -> None:
    answer = await client.post(WEBHOOKS, json={"url": URL, "secret": secret})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "secret")
    assert answer.json()["errors"][0]["code"] == "webhook_secret_invalid"
    assert not secret or secret not in answer.text


async def test_secrets_show_in_no_answer_event_log_line_or_row(
    database: Database,
    client: httpx.AsyncClient,
    org_id: UUID,
    receiver: Receiver,
    dispatching: Dispatching,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    webhook = await made(client, receiver.url, CONTACTS)
    path = f"{WEBHOOKS}/{webhook['id']}"
    rotated = (await client.post(f"{path}/rotate-secret")).json()
    receiver.statuses = [500]
    event = contact_updated(org_id)
    async with dispatching():
        await happen(database, event)
        await settled(client, webhook, event.id, "delivered")
    await client.patch(path, json={"enabled": False})
    answers = [
        (await client.get(WEBHOOKS)).text,
        (await client.get(path)).text,
        (await client.get(f"{path}/deliveries/{event.id}")).text,
        (await client.patch(path, json={"enabled": True})).text,
    ]
    events = [found.model_dump_json() for found in await recorded(database, org_id)]
    assert len(events) == 1
    async with database.engine.connect() as connection:
        await connection.execute(text("SELECT set_config('app.org_id', :org, false)"), {"org": str(org_id)})
        rows = (await connection.execute(text("SELECT webhook::text FROM webhook"))).scalars().all()
        delivered = (await connection.execute(text("SELECT d::text FROM webhook_delivery d"))).scalars().all()
        kept = (await connection.execute(text("SELECT k::text FROM idempotency_key k"))).scalars().all()
        await connection.rollback()
    assert len(rows) == len(delivered) == 1
    everything = "\n".join([*answers, *events, *rows, *delivered, *kept, caplog.text])
    assert caplog.text
    for secret in (webhook["secret"], rotated["secret"]):
        raw = secret.removeprefix("whsec_")
        assert raw not in everything
        assert base64.b64decode(raw).hex() not in everything


async def test_an_answer_with_a_secret_is_not_kept_for_a_repeated_key(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "once"}
    first = await client.post(WEBHOOKS, json={"url": URL}, headers=headers)
    again = await client.post(WEBHOOKS, json={"url": URL}, headers=headers)
    assert first.json()["secret"] != again.json()["secret"]
    path = f"{WEBHOOKS}/{first.json()['id']}/rotate-secret"
    rotated = [(await client.post(path, headers={"Idempotency-Key": "twice"})).json()["secret"] for _ in range(2)]
    assert len({first.json()["secret"], *rotated}) == 3


@pytest.mark.parametrize(
    ("types", "kept"),
    [
        ([], ["*"]),
        (["*"], ["*"]),
        ([UPDATED, "*"], ["*"]),
        (["ficha.*"], ["ficha.*"]),
        ([UPDATED, CONTACTS, UPDATED], [CONTACTS, UPDATED]),
        (["ficha.documents.document.*"], ["ficha.documents.document.*"]),
    ],
)
async def test_types_are_names_and_prefixes(client: httpx.AsyncClient, types: list[str], kept: list[str]) -> None:
    assert (await made(client, URL, *types))["types"] == kept


@pytest.mark.parametrize(
    "chosen",
    [
        "ficha.contacts.contact.updated.v2",
        "ficha.contacts.contact",
        "ficha.contacts.conta*",
        "ficha.invoices.*",
        "*.updated.v1",
        "fich*",
        "contact.updated",
    ],
)
async def test_an_unknown_type_is_refused_and_known_ones_are_named(client: httpx.AsyncClient, chosen: str) -> None:
    answer = await client.post(WEBHOOKS, json={"url": URL, "types": [CONTACTS, chosen]})
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("types.1", "event_type_unknown")
    assert chosen in error["detail"]
    assert UPDATED in error["detail"]


async def test_whoever_makes_one_must_be_allowed_to_read_what_goes_there(app: FastAPI, org_id: UUID) -> None:
    async with client_of(app, org_id, "notifications:write", "notifications:read", "contacts:read") as key:
        await made(key, URL, CONTACTS)
        for types in ([], ["*"], ["ficha.documents.*"], [CONTACTS, "ficha.gateway.user.created.v1"]):
            answer = await key.post(WEBHOOKS, json={"url": URL, "types": types})
            assert (answer.status_code, answer.json()["code"]) == (403, "notifications.scope_not_held")
        assert "users:read" in answer.json()["detail"]
        assert "contacts:read" not in answer.json()["detail"]
    async with client_of(app, org_id, "notifications:write", *READS, "organization:read", "users:read") as key:
        await made(key, URL)
    async with client_of(app, org_id, "notifications:read", *READS, "organization:read") as key:
        assert (await key.post(WEBHOOKS, json={"url": URL})).status_code == 403


async def test_whoever_aims_one_anew_must_be_allowed_to_as_well(
    app: FastAPI, client: httpx.AsyncClient, org_id: UUID
) -> None:
    """Else a key that may write webhooks could send itself what it may not read."""
    webhook = await made(client, URL, "ficha.documents.*")
    path = f"{WEBHOOKS}/{webhook['id']}"
    async with client_of(app, org_id, "notifications:write", "notifications:read", "contacts:read") as key:
        for body in ({"url": "https://elsewhere.example.test/"}, {"types": ["*"]}):
            answer = await key.patch(path, json=body)
            assert (answer.status_code, answer.json()["code"]) == (403, "notifications.scope_not_held")
        assert (await key.patch(path, json={"description": "harmless", "url": URL})).status_code == 200
        both = {"url": "https://elsewhere.example.test/", "types": [CONTACTS]}
        assert (await key.patch(path, json=both)).status_code == 200


async def test_only_what_its_maker_may_read_goes_there(
    database: Database, app: FastAPI, client: httpx.AsyncClient, org_id: UUID
) -> None:
    """Also of what a prefix did not yet mean when it was chosen: here, what the maker's scopes were cut down to."""
    webhook = await made(client, URL)
    cut_down = text("UPDATE webhook SET scopes = '{contacts:read}' WHERE id = :id")
    async with database.engine.begin() as connection:
        await connection.execute(text("SELECT set_config('app.org_id', :org, true)"), {"org": str(org_id)})
        await connection.execute(cut_down, {"id": webhook["id"]})
    contact, organization = contact_updated(org_id), organization_updated(org_id)
    await happen(database, contact, organization)
    assert [delivery["id"] for delivery in await logged(client, webhook)] == [str(contact.id)]
    async with client_of(app, org_id, "notifications:read", "documents:read") as other:
        assert await logged(other, webhook) == []
        path = f"{WEBHOOKS}/{webhook['id']}/deliveries/{contact.id}"
        assert (await other.get(path)).json()["code"] == "notifications.delivery_not_found"


async def test_what_was_queued_does_not_follow_to_somebody_who_may_not_read_it(
    database: Database,
    app: FastAPI,
    client: httpx.AsyncClient,
    org_id: UUID,
    receiver: Receiver,
    dispatching: Dispatching,
) -> None:
    webhook = await made(client, "http://127.0.0.1:9/", "*")
    event = organization_updated(org_id)
    await happen(database, event)
    async with client_of(app, org_id, "notifications:write", "contacts:read") as key:
        answer = await key.patch(f"{WEBHOOKS}/{webhook['id']}", json={"url": receiver.url, "types": [CONTACTS]})
        assert answer.status_code == 200
    async with dispatching():
        delivery = await settled(client, webhook, event.id, "failed")
        assert "may not read" in delivery["last_error"]
        marker = contact_updated(org_id)
        await happen(database, marker)
        await settled(client, webhook, marker.id, "delivered")
    assert [seen.id for seen in receiver.seen] == [str(marker.id)]


async def test_another_organisation_sees_and_does_nothing(
    database: Database, client: httpx.AsyncClient, stranger: httpx.AsyncClient, org_id: UUID
) -> None:
    webhook = await made(client, URL)
    event = contact_updated(org_id)
    await happen(database, event)
    path = f"{WEBHOOKS}/{webhook['id']}"
    since = {"since": "2026-01-01T00:00:00Z"}
    asked: list[tuple[str, str, Any]] = [
        ("GET", path, None),
        ("PATCH", path, {"url": "https://mine.example.test/"}),
        ("DELETE", path, None),
        ("POST", f"{path}/rotate-secret", None),
        ("POST", f"{path}/test", None),
        ("POST", f"{path}/resend", since),
        ("GET", f"{path}/deliveries", None),
        ("GET", f"{path}/deliveries/{event.id}", None),
        ("POST", f"{path}/deliveries/{event.id}/resend", None),
    ]
    for method, asked_path, body in asked:
        answer = await stranger.request(method, asked_path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "notifications.webhook_not_found"), asked_path
    assert (await stranger.get(WEBHOOKS)).json()["items"] == []
    assert (await client.get(path)).json()["version"] == 1
    theirs = await made(stranger, URL)
    assert await logged(stranger, theirs) == []


async def test_there_is_an_end_to_them(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert service.MOST_WEBHOOKS == 50
    monkeypatch.setattr(service, "MOST_WEBHOOKS", 2)
    first = await made(client, URL)
    await made(client, URL)
    answer = await client.post(WEBHOOKS, json={"url": URL})
    assert (answer.status_code, answer.json()["code"]) == (409, "notifications.too_many_webhooks")
    await client.delete(f"{WEBHOOKS}/{first['id']}")
    await made(client, URL)


async def test_disabling_one_is_told(database: Database, client: httpx.AsyncClient, org_id: UUID) -> None:
    webhook = await made(client, URL, description="Almacén")
    path = f"{WEBHOOKS}/{webhook['id']}"
    disabled = (await client.patch(path, json={"enabled": False})).json()
    assert (disabled["enabled"], disabled["disabled_reason"]) == (False, "by_person")
    [event] = await recorded(database, org_id)
    assert (event.name, event.version) == ("ficha.notifications.webhook.disabled.v1", disabled["version"])
    assert event.data.disabled_reason == "by_person"
    assert "hooks.example" not in event.model_dump_json()
    enabled = (await client.patch(path, json={"enabled": True})).json()
    assert (enabled["enabled"], enabled["disabled_reason"]) == (True, None)
    assert (await made(client, URL, enabled=False))["disabled_reason"] == "by_person"


async def test_a_webhook_from_before_is_saved_again(
    client: httpx.AsyncClient, database: Database, org_id: UUID
) -> None:
    """What no longer would be taken stays, beside what changes."""
    made = (await client.post(WEBHOOKS, json={"url": URL, "types": [CONTACTS]})).json()
    path = f"{WEBHOOKS}/{made['id']}"
    old = {"url": "ftp://old.example", "types": ["ficha.gone.*"], "description": "x" * 600}
    async with database.transaction(Scope(org_id)) as session:
        await session.execute(update(Webhook).where(Webhook.id == UUID(made["id"])).values(old))
    changed = await client.patch(path, json={**old, "enabled": False})
    assert (changed.status_code, changed.json()["enabled"]) == (200, False), changed.text
    assert old.items() <= changed.json().items()
    for field, wrong in (
        ("url", "ftp://new.example"),
        ("types", ["ficha.gone.*", "x"]),
        ("description", "y" * 600),
    ):
        assert (await client.patch(path, json={**old, field: wrong})).status_code == 422, field
