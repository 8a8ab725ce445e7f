"""What a person gave to programs is worth what the person is at that moment, in every process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from gateway.main import create_app
from shared.clock import utc_now
from shared.db.session import Database
from shared.db.tenancy import Scope
from tests.gateway.conftest import PASSWORD, Person, log_in, new_person, settings_for
from tests.gateway.peers import Peer, serving
from tests.support.outbox import recorded

_PROMISED = 5
"""Seconds."""


@asynccontextmanager
async def keyed(client: httpx.AsyncClient, key: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=client.base_url, headers={"Authorization": f"Bearer {key}"}) as program:
        yield program


async def key_of(client: httpx.AsyncClient, *scopes: str, **values: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/api-keys", json={"name": "program", "scopes": list(scopes), **values})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@asynccontextmanager
async def second_administrator(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    """Logged in; and where an administrator changes them."""
    person = await new_person(database, org_id=admin.org_id)
    async with httpx.AsyncClient(base_url=client.base_url) as other:
        me = (await log_in(other, person)).json()["user"]
        yield other, f"/api/v1/users/{me['id']}"


async def test_a_key_can_do_what_the_person_behind_it_can(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    async with second_administrator(client, database, admin) as (other, path):
        key = await key_of(other, "organization:read", "organization:write", "contacts:read", "users:read")
        child = await key_of(other, "organization:read", "organization:write")
        async with keyed(client, child["key"]) as program:
            grandchild = await key_of(program, "organization:read", "organization:write")
        for secret in (key["key"], grandchild["key"]):
            async with keyed(client, secret) as program:
                assert (await program.patch("/api/v1/organization", json={"phone": "+34910000001"})).status_code == 200
                assert (await client.patch(path, json={"is_admin": False})).status_code == 200
                assert (await program.patch("/api/v1/organization", json={"phone": "+34910000002"})).status_code == 403
                assert (await program.get("/api/v1/users")).status_code == 403
                assert (await program.get("/api/v1/organization")).status_code == 200
                assert (await client.patch(path, json={"active": False})).status_code == 200
                assert (await program.get("/api/v1/organization")).status_code == 401
                assert (await client.patch(path, json={"active": True, "is_admin": True})).status_code == 200
                assert (await program.get("/api/v1/organization")).status_code == 200


async def test_what_a_key_makes_ends_no_later_and_goes_with_it(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    end = utc_now() + timedelta(hours=1)
    parent = await key_of(client, "organization:read", "organization:write", expires_at=end.isoformat())
    async with keyed(client, parent["key"]) as program:
        child = await key_of(program, "organization:read", "organization:write")
        assert child["expires_at"] == parent["expires_at"]
        later = {"name": "x", "scopes": ["organization:read"], "expires_at": (end + timedelta(seconds=1)).isoformat()}
        refused = await program.post("/api/v1/api-keys", json=later)
        assert refused.status_code == 422
        assert [(e["field"], e["code"]) for e in refused.json()["errors"]] == [("expires_at", "outlives_its_maker")]
        sooner = {**later, "expires_at": (end - timedelta(minutes=1)).isoformat()}
        assert (await program.post("/api/v1/api-keys", json=sooner)).status_code == 201
    async with keyed(client, child["key"]) as program:
        grandchild = await key_of(program, "organization:read")
        assert grandchild["expires_at"] == parent["expires_at"]
    other = await key_of(client, "organization:read")
    assert (await client.delete(f"/api/v1/api-keys/{parent['id']}")).status_code == 204
    for key, status in ((child, 401), (grandchild, 401), (other, 200)):
        async with keyed(client, key["key"]) as program:
            assert (await program.get("/api/v1/organization")).status_code == status
    assert [key["id"] for key in (await client.get("/api/v1/api-keys")).json()["items"]] == [other["id"]]
    told = [event for event in await recorded(database, admin.org_id) if ".api_key." in event.name]
    assert [event.name.split(".")[3] for event in told] == ["created"] * 5 + ["deleted"] * 4
    assert {event.data.user_id for event in told} == {told[0].data.user_id}
    assert all(key["key"] not in event.to_bytes().decode() for event in told for key in (parent, child, other))


@pytest.mark.parametrize("what", ["deactivated", "demoted", "logged out", "password", "key deleted", "key over"])
async def test_an_open_stream_ends_in_another_process_too(
    client: httpx.AsyncClient, peers: dict[str, Peer], database: Database, admin: Person, what: str
) -> None:
    app = create_app(settings_for(peers, stream_heartbeat_seconds=0.3), database)
    async with (
        serving(app, app.state.settings.port) as url,
        second_administrator(client, database, admin) as (other, path),
        httpx.AsyncClient(base_url=url, timeout=_PROMISED) as elsewhere,
    ):
        if what.startswith("key"):
            key = await key_of(other, "contacts:read")
            elsewhere.headers["Authorization"] = f"Bearer {key['key']}"
        else:
            elsewhere.cookies.update(other.cookies)
        async with elsewhere.stream("GET", "/api/v1/stream") as stream:
            lines = stream.aiter_lines()
            await anext(lines)
            match what:
                case "deactivated":
                    answer = await client.patch(path, json={"active": False})
                case "demoted":
                    answer = await client.patch(path, json={"is_admin": False})
                case "logged out":
                    answer = await other.delete("/api/v1/session")
                case "password":
                    body = {"current_password": PASSWORD, "new_password": "something quite new"}
                    answer = await other.put("/api/v1/session/password", json=body)
                case "key over":
                    async with database.transaction(Scope(admin.org_id)) as session:
                        over = text("UPDATE api_key SET expires_at = now() WHERE id = :id")
                        await session.execute(over, {"id": key["id"]})
                case _:
                    answer = await other.delete(f"/api/v1/api-keys/{key['id']}")
            assert what == "key over" or answer.status_code < 300, answer.text
            # Ends: without, the client's own timeout would not either, for heartbeats go on.
            assert [line async for line in lines if line.startswith("data")] == []


async def test_only_who_may_read_users_hears_of_them(
    client: httpx.AsyncClient, database: Database, admin: Person
) -> None:
    secrets = {
        "organization": await key_of(client, "organization:read"),
        "users": await key_of(client, "users:read"),
        "contacts": await key_of(client, "contacts:read"),
    }
    wanted = {"type": "ficha.gateway.user.*"}
    for name, key in secrets.items():
        async with keyed(client, key["key"]) as program:
            answer = await program.get("/api/v1/events", params=wanted)
            assert answer.status_code == (200 if name == "users" else 403), answer.text
    async with httpx.AsyncClient(base_url=client.base_url) as member:
        await log_in(member, await new_person(database, org_id=admin.org_id, is_admin=False))
        assert (await member.get("/api/v1/events", params=wanted)).status_code == 403
    body = {"name": "x", "scopes": ["users:write"]}
    assert (await client.post("/api/v1/api-keys", json=body)).status_code == 422


async def test_services_are_told_when_a_key_ends(client: httpx.AsyncClient, peers: dict[str, Peer]) -> None:
    end = (utc_now() + timedelta(hours=1)).replace(microsecond=0)
    key = await key_of(client, "contacts:read", expires_at=end.isoformat())
    async with keyed(client, key["key"]) as program:
        await program.get("/api/v1/contacts")
    await client.get("/api/v1/contacts")
    assert [identity.until for _, _, identity in peers["contacts"].seen[-2:]] == [end, None]
