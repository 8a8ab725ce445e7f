"""Notes over HTTP: write, edit, pin, delete, restore, list."""

from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI

from shared.db.session import Database
from shared.identifiers import new_id
from shared.web.identity import Identity
from tests.crm.support import ok, pages
from tests.support.identity import SIGNER, client_of
from tests.support.outbox import recorded

PATH = "/api/v1/notes"


async def write(client: httpx.AsyncClient, contact_id: str, body: str = "Hola", **values: object) -> dict[str, Any]:
    made: dict[str, Any] = await ok(
        client, "POST", PATH, {"contact_id": contact_id, "body": body, **values}, status=201
    )
    return made


async def test_a_note_carries_its_author_and_its_markdown(
    app: FastAPI, contact_id: str, database: Database, org_id: UUID
) -> None:
    eva = Identity(org_id=org_id, actor="user:eva", scopes=frozenset({"crm:write", "crm:read"}), name="Eva Núñez")
    async with client_of(app, org_id) as client:
        client.headers["Authorization"] = f"Bearer {SIGNER.token(eva, 'crm')}"
        body = "# Título\n\n- **uno**\n\t- dos <script>alert(1)</script> 🙂"
        made = await write(client, contact_id, body)
        assert (made["body"], made["pinned"], made["version"]) == (body, False, 1)
        assert (made["author"], made["author_name"]) == ("user:eva", "Eva Núñez")
        assert await ok(client, "GET", f"{PATH}/{made['id']}") == made
    [event] = await recorded(database, org_id)
    assert (event.name, event.data.author, event.data.pinned) == ("ficha.crm.note.created.v1", "user:eva", False)
    assert b"script" not in event.to_bytes()


async def test_editing_and_pinning_keep_the_author(
    app: FastAPI, client: httpx.AsyncClient, contact_id: str, database: Database, org_id: UUID
) -> None:
    made = await write(client, contact_id)
    path = f"{PATH}/{made['id']}"
    pinned = await ok(client, "PATCH", path, {"pinned": True})
    assert (pinned["pinned"], pinned["body"], pinned["author"], pinned["version"]) == (True, "Hola", "user:test", 2)
    edited = await ok(client, "PATCH", path, {"body": "Adiós", "pinned": True})
    assert (edited["body"], edited["version"], edited["created_at"]) == ("Adiós", 3, made["created_at"])
    assert await ok(client, "PATCH", path, {"body": " Adiós\n"}) == edited
    stale = await client.patch(path, json={"body": "B"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    assert [event.changed for event in await recorded(database, org_id)] == [(), ("pinned",), ("body",)]


async def test_pinned_ones_come_first_then_the_newest(client: httpx.AsyncClient, contact_id: str) -> None:
    for body in ("uno", "dos", "tres", "cuatro", "cinco"):
        await write(client, contact_id, body, pinned=body in ("dos", "tres"))
    for query in ({}, {"contact_id": contact_id}):
        found = await pages(client, PATH, **query)
        assert [item["body"] for item in found] == ["tres", "dos", "cinco", "cuatro", "uno"]
    assert await pages(client, PATH, contact_id=str(new_id())) == []


async def test_a_deleted_one_is_hidden_and_comes_back_as_it_was(
    client: httpx.AsyncClient, contact_id: str, database: Database, org_id: UUID
) -> None:
    made = await write(client, contact_id, pinned=True)
    path = f"{PATH}/{made['id']}"
    assert (await client.delete(path, headers={"If-Match": '"2"'})).status_code == 412
    await ok(client, "DELETE", path, status=204)
    for answer in (await client.get(path), await client.delete(path), await client.patch(path, json={"body": "x"})):
        assert (answer.status_code, answer.json()["code"]) == (404, "crm.note_not_found")
    restored = await ok(client, "POST", f"{path}/restore")
    assert {**restored, "version": 1, "updated_at": made["updated_at"]} == made
    assert await ok(client, "POST", f"{path}/restore") == restored
    _, gone, back = await recorded(database, org_id)
    assert (gone.name, gone.data.deleted) == ("ficha.crm.note.deleted.v1", True)
    assert (back.name, back.data.deleted, back.version) == ("ficha.crm.note.updated.v1", False, 3)


async def test_another_organisations_is_not_found(app: FastAPI, client: httpx.AsyncClient, contact_id: str) -> None:
    made = await write(client, contact_id)
    path = f"{PATH}/{made['id']}"
    async with client_of(app, new_id()) as stranger:
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.patch(path, json={"body": "Mía"})).status_code == 404
        assert (await stranger.delete(path)).status_code == 404
        assert (await stranger.post(f"{path}/restore")).status_code == 404
        assert await pages(stranger, PATH) == []
    assert await ok(client, "GET", path) == made


async def test_scopes_are_asked_for(app: FastAPI, org_id: UUID, contact_id: str) -> None:
    async with client_of(app, org_id, "crm:read", "contacts:write") as reader:
        assert (await reader.get(PATH)).status_code == 200
        refused = await reader.post(PATH, json={"contact_id": contact_id, "body": "Hola"})
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    async with client_of(app, org_id, "contacts:read") as stranger:
        for path in (PATH, "/api/v1/pipelines", f"/internal/contacts/{contact_id}/panel"):
            assert (await stranger.get(path)).status_code == 403
