"""A webhook is worth what the person behind it is at that moment, and ends with the key that made it."""

import asyncio
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from notifications.webhooks.deliveries.retention import Retention
from shared.clock import standing_at, utc_now
from shared.db.session import Database
from shared.events.base import Event
from shared.events.gateway import (
    ApiKeyCreated,
    ApiKeyDeleted,
    ApiKeyState,
    UserCreated,
    UserState,
    UserUpdated,
)
from shared.identifiers import new_id
from shared.web.identity import Identity
from tests.notifications.receiver import WEBHOOKS, contact_updated, happen, logged, made, organization_updated
from tests.support.identity import SIGNER, client_of
from tests.support.outbox import recorded

URL = "https://hooks.example.test/"
MEMBER = ["contacts:read", "documents:read", "notifications:read", "notifications:write"]


def client_as(app: FastAPI, org_id: UUID, actor: str, *scopes: str) -> httpx.AsyncClient:
    client = client_of(app, org_id)
    identity = Identity(org_id=org_id, actor=actor, scopes=frozenset(scopes or ("*",)))
    client.headers["Authorization"] = f"Bearer {SIGNER.token(identity, 'notifications')}"
    return client


def user_event(
    org_id: UUID, user_id: UUID, version: int, *, active: bool = True, scopes: list[str]
) -> Event[UserState]:
    state = UserState(
        id=user_id, name="Eva", email="eva@x.example", is_admin="*" in scopes, active=active, scopes=scopes
    )
    event = UserCreated if version == 1 else UserUpdated
    return event(id=new_id(), occurred_at=utc_now(), org_id=org_id, subject=user_id, version=version, data=state)


def key_event(
    org_id: UUID, key_id: UUID, user_id: UUID, *, deleted: bool = False, **values: object
) -> Event[ApiKeyState]:
    state = ApiKeyState.model_validate(
        {
            "id": key_id,
            "name": "program",
            "scopes": ["contacts:read"],
            "created_by": f"user:{user_id}",
            "user_id": user_id,
            "deleted": deleted,
            **values,
        }
    )
    event, version = (ApiKeyDeleted, 2) if deleted else (ApiKeyCreated, 1)
    return event(id=new_id(), occurred_at=utc_now(), org_id=org_id, subject=key_id, version=version, data=state)


async def heard(database: Database, client: httpx.AsyncClient, org_id: UUID, webhook: dict[str, object]) -> set[str]:
    """Types of what went to it of one event each."""
    before = {delivery["id"] for delivery in await logged(client, webhook)}
    await happen(database, contact_updated(org_id), organization_updated(org_id))
    return {d["type"].split(".")[1] for d in await logged(client, webhook) if d["id"] not in before}


async def test_a_demoted_person_hears_less_and_a_deactivated_one_nothing(
    database: Database, app: FastAPI, client: httpx.AsyncClient, org_id: UUID
) -> None:
    eva = new_id()
    await happen(database, user_event(org_id, eva, 1, scopes=["*"]))
    async with client_as(app, org_id, f"user:{eva}") as herself:
        webhook = await made(herself, URL)
    assert await heard(database, client, org_id, webhook) == {"contacts", "gateway"}
    await happen(database, user_event(org_id, eva, 2, scopes=MEMBER))
    assert await heard(database, client, org_id, webhook) == {"contacts"}
    await happen(database, user_event(org_id, eva, 3, active=False, scopes=MEMBER))
    assert await heard(database, client, org_id, webhook) == set()
    path = f"{WEBHOOKS}/{webhook['id']}"
    shown = (await client.get(path)).json()
    assert (shown["enabled"], shown["disabled_reason"]) == (False, "by_person")
    # Back again, and enabled by somebody who may read it all: it is theirs from then on.
    await happen(database, user_event(org_id, eva, 4, scopes=MEMBER))
    assert await heard(database, client, org_id, webhook) == set()
    async with client_as(app, org_id, f"user:{new_id()}", *MEMBER) as member:
        assert (await member.patch(path, json={"enabled": True})).status_code == 403
    assert (await client.patch(path, json={"enabled": True})).status_code == 200
    assert await heard(database, client, org_id, webhook) == {"contacts", "gateway"}


@pytest.mark.parametrize("how", ["deleted", "over", "its person is gone", "its person is gone unheard"])
async def test_what_a_key_made_ends_with_it(
    database: Database, app: FastAPI, client: httpx.AsyncClient, org_id: UUID, how: str
) -> None:
    eva, key = new_id(), new_id()
    async with client_as(app, org_id, f"key:{key}", *MEMBER) as program:
        webhook = await made(program, URL, "ficha.contacts.contact.updated.v1")
    assert await heard(database, client, org_id, webhook) == {"contacts"}
    end = utc_now() + timedelta(hours=1)
    await happen(database, user_event(org_id, eva, 1, scopes=["*"]), key_event(org_id, key, eva, expires_at=end))
    assert await heard(database, client, org_id, webhook) == {"contacts"}
    match how:
        case "deleted":
            await happen(database, key_event(org_id, key, eva, deleted=True))
        case "over":
            other = new_id()
            async with client_as(app, org_id, f"key:{other}", *MEMBER) as program:
                webhook = await made(program, URL, "ficha.contacts.contact.updated.v1")
            await happen(database, key_event(org_id, other, eva, expires_at=utc_now()))
        case "its person is gone":
            await happen(database, user_event(org_id, eva, 2, active=False, scopes=["*"]))
        case _:
            # Made at the very moment: the word about the person came before the webhook was there.
            await happen(database, user_event(org_id, eva, 2, active=False, scopes=["*"]))
            async with client_as(app, org_id, f"key:{key}", *MEMBER) as program:
                webhook = await made(program, URL, "ficha.contacts.contact.updated.v1")
    assert await heard(database, client, org_id, webhook) == set()
    shown = (await client.get(f"{WEBHOOKS}/{webhook['id']}")).json()
    assert (shown["enabled"], shown["disabled_reason"]) == (False, "by_person")


@pytest.mark.parametrize("looked_at", ["one", "the list", "by the clock"])
async def test_what_a_key_made_is_not_shown_as_enabled_once_its_time_is_over(
    database: Database, app: FastAPI, client: httpx.AsyncClient, org_id: UUID, looked_at: str
) -> None:
    eva, key, lasting = new_id(), new_id(), new_id()
    end = utc_now() + timedelta(hours=1)
    async with client_as(app, org_id, f"key:{key}", *MEMBER) as program:
        webhook = await made(program, URL, "ficha.contacts.contact.updated.v1")
    async with client_as(app, org_id, f"key:{lasting}", *MEMBER) as program:
        other = await made(program, URL, "ficha.contacts.contact.updated.v1")
    await happen(database, user_event(org_id, eva, 1, scopes=["*"]), key_event(org_id, key, eva, expires_at=end))
    await happen(database, key_event(org_id, lasting, eva))

    async def enabled() -> dict[str, bool]:
        if looked_at == "one":
            found = [(await client.get(f"{WEBHOOKS}/{each['id']}")).json() for each in (webhook, other)]
        else:
            found = (await client.get(WEBHOOKS)).json()["items"]
        return {each["id"]: each["enabled"] for each in found}

    with standing_at(end - timedelta(seconds=1)):
        assert await enabled() == {webhook["id"]: True, other["id"]: True}
    with standing_at(end):
        if looked_at == "by the clock":
            await Retention(database).forget_old(asyncio.Event())
        assert await enabled() == {webhook["id"]: False, other["id"]: True}
        assert await enabled() == {webhook["id"]: False, other["id"]: True}
        disabled = [e for e in await recorded(database, org_id) if e.name.endswith("webhook.disabled.v1")]
        assert [(str(event.subject), event.data.disabled_reason) for event in disabled] == [
            (webhook["id"], "by_person")
        ]
        # Whoever enables it takes it over.
        answer = await client.patch(f"{WEBHOOKS}/{webhook['id']}", json={"enabled": True})
        assert answer.json()["enabled"] is True
        assert await enabled() == {webhook["id"]: True, other["id"]: True}


async def test_events_about_people_need_a_scope_of_their_own(
    database: Database, app: FastAPI, client: httpx.AsyncClient, org_id: UUID
) -> None:
    users = "ficha.gateway.user.*"
    async with client_of(app, org_id, "notifications:write", "organization:read") as key:
        refused = await key.post(WEBHOOKS, json={"url": URL, "types": [users]})
        assert (refused.status_code, refused.json()["code"]) == (403, "notifications.scope_not_held")
    async with client_of(app, org_id, "notifications:write", "organization:read", "users:read") as key:
        webhook = await made(key, URL, "ficha.gateway.*")
    await happen(database, user_event(org_id, new_id(), 1, scopes=MEMBER))
    assert [delivery["type"] for delivery in await logged(client, webhook)] == ["ficha.gateway.user.created.v1"]
