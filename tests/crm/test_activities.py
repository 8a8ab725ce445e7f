"""Activities over HTTP: plan, give to somebody, complete, reopen, delete, restore, list."""

from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI

from shared.db.session import Database
from shared.identifiers import new_id
from tests.crm.support import hear, ok, pages, user_event
from tests.support.identity import client_of
from tests.support.outbox import recorded

PATH = "/api/v1/activities"


async def plan(client: httpx.AsyncClient, contact_id: str, **values: object) -> dict[str, Any]:
    body = {
        "contact_id": contact_id,
        "kind": "call",
        "title": "Llamar",
        "starts_at": "2027-01-10T10:00:00+01:00",
        **values,
    }
    made: dict[str, Any] = await ok(client, "POST", PATH, body, status=201)
    return made


async def test_a_planned_activity_belongs_to_who_planned_it_and_is_kept_in_utc(
    client: httpx.AsyncClient, contact_id: str, database: Database, org_id: UUID
) -> None:
    made = await plan(client, contact_id, ends_at="2027-01-10T11:00:00+01:00", reminder_minutes=30, notes="Precios")
    assert (made["starts_at"], made["ends_at"]) == ("2027-01-10T09:00:00Z", "2027-01-10T10:00:00Z")
    assert (made["owner"], made["completed_at"], made["contact_name"]) == ("user:test", None, "Acme")
    assert await ok(client, "GET", f"{PATH}/{made['id']}") == made
    [event] = await recorded(database, org_id)
    assert (event.name, event.version) == ("ficha.crm.activity.created.v1", 1)
    assert (event.data.owner, event.data.reminder_minutes) == ("user:test", 30)
    assert not hasattr(event.data, "notes")


async def test_every_kind_can_be_planned(client: httpx.AsyncClient, contact_id: str) -> None:
    for kind in ("call", "meeting", "task", "email", "visit"):
        assert (await plan(client, contact_id, kind=kind))["kind"] == kind


async def test_it_can_be_given_to_a_colleague_only(
    client: httpx.AsyncClient, contact_id: str, database: Database, org_id: UUID
) -> None:
    ana = new_id()
    await hear(database, user_event(org_id, ana, "Ana Gil"))
    made = await plan(client, contact_id, owner=f"user:{ana}")
    assert (made["owner"], made["owner_name"]) == (f"user:{ana}", "Ana Gil")
    mine = await ok(client, "PATCH", f"{PATH}/{made['id']}", {"owner": "user:test"})
    assert mine["owner"] == "user:test"
    back = await ok(client, "PATCH", f"{PATH}/{made['id']}", {"owner": f"user:{ana}"})
    assert back["owner_name"] == "Ana Gil"
    for stranger in (f"user:{new_id()}", "user:nobody", f"key:{ana}", "ana", ""):
        refused = await client.patch(f"{PATH}/{made['id']}", json={"owner": stranger})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "owner")


async def test_completing_twice_is_completing_once(
    client: httpx.AsyncClient, contact_id: str, database: Database, org_id: UUID
) -> None:
    path = f"{PATH}/{(await plan(client, contact_id))['id']}"
    done = await ok(client, "POST", f"{path}/complete")
    assert (done["completed_at"] is None, done["version"]) == (False, 2)
    assert await ok(client, "POST", f"{path}/complete") == done
    again = await ok(client, "POST", f"{path}/reopen")
    assert (again["completed_at"], again["version"]) == (None, 3)
    assert await ok(client, "POST", f"{path}/reopen") == again
    names = [event.name.removeprefix("ficha.crm.activity.") for event in await recorded(database, org_id)]
    assert names == ["created.v1", "completed.v1", "updated.v1"]


async def test_a_patch_changes_only_what_was_sent_and_cannot_turn_time_round(
    client: httpx.AsyncClient, contact_id: str, database: Database, org_id: UUID
) -> None:
    made = await plan(client, contact_id, ends_at="2027-01-10T10:00:00Z")
    path = f"{PATH}/{made['id']}"
    for body in ({"starts_at": "2027-01-10T10:00:01Z"}, {"ends_at": "2027-01-09T10:00:00Z"}):
        refused = await client.patch(path, json=body)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "ends_at")
    patched = await ok(client, "PATCH", path, {"kind": "visit", "ends_at": None, "title": "Llamar"})
    assert (patched["kind"], patched["ends_at"], patched["version"]) == ("visit", None, 2)
    assert await ok(client, "PATCH", path, {"starts_at": "2027-01-10T09:00:00+00:00"}) == patched
    assert [event.changed for event in await recorded(database, org_id)] == [(), ("ends_at", "kind")]


async def test_a_deleted_one_is_hidden_and_comes_back_as_it_was(
    client: httpx.AsyncClient, contact_id: str, database: Database, org_id: UUID
) -> None:
    made = await plan(client, contact_id)
    path = f"{PATH}/{made['id']}"
    assert (await client.delete(path, headers={"If-Match": '"2"'})).status_code == 412
    await ok(client, "DELETE", path, status=204)
    for answer in (await client.get(path), await client.delete(path), await client.post(f"{path}/complete")):
        assert (answer.status_code, answer.json()["code"]) == (404, "crm.activity_not_found")
    assert await pages(client, PATH) == []
    restored = await ok(client, "POST", f"{path}/restore")
    assert {**restored, "version": 1, "updated_at": made["updated_at"]} == made
    assert await ok(client, "POST", f"{path}/restore") == restored
    _, gone, back = await recorded(database, org_id)
    assert (gone.name, gone.data.deleted) == ("ficha.crm.activity.deleted.v1", True)
    assert (back.name, back.data.deleted, back.changed) == ("ficha.crm.activity.updated.v1", False, ("deleted",))


async def test_lists_go_by_start_and_tell_open_from_done(client: httpx.AsyncClient, contact_id: str) -> None:
    days = [3, 1, 2, 2, 5]
    made = [await plan(client, contact_id, title=f"A{day}", starts_at=f"2027-01-0{day}T08:00:00Z") for day in days]
    await ok(client, "POST", f"{PATH}/{made[4]['id']}/complete")
    for query, expected in (
        ({}, ["A1", "A2", "A2", "A3", "A5"]),
        ({"contact_id": contact_id, "open": "true"}, ["A1", "A2", "A2", "A3"]),
        ({"open": "false"}, ["A5"]),
        ({"contact_id": contact_id, "sort": "-starts_at"}, ["A5", "A3", "A2", "A2", "A1"]),
        ({"contact_id": str(new_id())}, []),
    ):
        found = await pages(client, PATH, **query)
        assert [item["title"] for item in found] == expected, query
        assert len({item["id"] for item in found}) == len(expected)


async def test_another_organisations_is_not_found(app: FastAPI, client: httpx.AsyncClient, contact_id: str) -> None:
    made = await plan(client, contact_id)
    path = f"{PATH}/{made['id']}"
    async with client_of(app, new_id()) as stranger:
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.patch(path, json={"title": "Mía"})).status_code == 404
        assert (await stranger.delete(path)).status_code == 404
        for action in ("complete", "reopen", "restore"):
            assert (await stranger.post(f"{path}/{action}")).status_code == 404
        assert await pages(stranger, PATH) == []
    assert await ok(client, "GET", path) == made
