"""Which contacts crm knows: from their events, or by asking contacts when an event is still on its way."""

from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from crm.main import create_app
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.events.contacts import ContactDeleted, ContactRestored, ContactUpdated
from shared.identifiers import new_id
from tests.crm.conftest import settings_for
from tests.crm.support import contact_event, hear, ok, pages
from tests.support.identity import client_of

BODIES = {
    "/api/v1/activities": {"kind": "call", "title": "A", "starts_at": "2027-01-10T10:00:00Z"},
    "/api/v1/opportunities": {"title": "A", "value": "1", "currency": "EUR"},
    "/api/v1/notes": {"body": "A"},
}


async def copies(database: Database, org_id: UUID) -> list[tuple[str, int, bool]]:
    async with database.transaction(Scope(org_id=org_id)) as session:
        rows = await session.execute(text("SELECT name, version, deleted FROM contact_copy"))
        return [(row[0], row[1], row[2]) for row in rows]


async def test_the_newest_version_wins_whatever_order_and_however_often_it_comes(
    database: Database, org_id: UUID
) -> None:
    contact_id = new_id()
    first = contact_event(org_id, contact_id, name="Uno")
    third = contact_event(org_id, contact_id, event=ContactDeleted, version=3, name="Tres", deleted=True)
    second = contact_event(org_id, contact_id, event=ContactUpdated, version=2, name="Dos")
    await hear(database, first, third, second, third, first)
    assert await copies(database, org_id) == [("Tres", 3, True)]


@pytest.mark.parametrize("path", BODIES)
async def test_a_contact_whose_event_is_on_its_way_is_asked_for(
    client: httpx.AsyncClient, contacts_client: httpx.AsyncClient, database: Database, org_id: UUID, path: str
) -> None:
    contact = await ok(contacts_client, "POST", "/api/v1/contacts", {"kind": "company", "name": "Nueva"}, status=201)
    made = await ok(client, "POST", path, {"contact_id": contact["id"], **BODIES[path]}, status=201)
    assert made["contact_name"] == "Nueva"
    await hear(database, contact_event(org_id, UUID(contact["id"]), name="Nueva"))
    assert await copies(database, org_id) == [("Nueva", 1, False)]


@pytest.mark.parametrize("path", BODIES)
async def test_nothing_is_made_for_an_unknown_or_deleted_contact(
    client: httpx.AsyncClient, contacts_client: httpx.AsyncClient, database: Database, org_id: UUID, path: str
) -> None:
    gone = await ok(contacts_client, "POST", "/api/v1/contacts", {"kind": "company", "name": "Ida"}, status=201)
    await ok(contacts_client, "DELETE", f"/api/v1/contacts/{gone['id']}", status=204)
    deleted = contact_event(org_id, UUID(gone["id"]), event=ContactDeleted, version=2, deleted=True)
    for contact_id in (str(new_id()), gone["id"]):
        answer = await client.post(path, json={"contact_id": contact_id, **BODIES[path]})
        assert (answer.status_code, answer.json()["code"]) == (404, "crm.contact_not_found")
    await hear(database, deleted)
    answer = await client.post(path, json={"contact_id": gone["id"], **BODIES[path]})
    assert (answer.status_code, answer.json()["code"]) == (404, "crm.contact_not_found")
    await ok(contacts_client, "POST", f"/api/v1/contacts/{gone['id']}/restore")
    await ok(client, "POST", path, {"contact_id": gone["id"], **BODIES[path]}, status=201)
    await hear(database, deleted)
    assert await copies(database, org_id) == [("Ida", 3, False)]


@pytest.mark.parametrize("path", BODIES)
async def test_what_belongs_to_a_hidden_contact_is_left_out_until_it_is_restored(
    client: httpx.AsyncClient, contact_id: str, database: Database, org_id: UUID, path: str
) -> None:
    made = await ok(client, "POST", path, {"contact_id": contact_id, **BODIES[path]}, status=201)
    await hear(database, contact_event(org_id, UUID(contact_id), event=ContactDeleted, version=2, deleted=True))
    assert await pages(client, path) == []
    await hear(database, contact_event(org_id, UUID(contact_id), event=ContactRestored, version=3, name="Otra"))
    assert await pages(client, path) == [{**made, "contact_name": "Otra"}]


async def test_while_contacts_is_away_only_unknown_contacts_have_to_wait(
    database: Database, org_id: UUID, contact_id: str
) -> None:
    app = create_app(settings_for("http://127.0.0.1:1"), database)
    async with app.router.lifespan_context(app), client_of(app, org_id) as client:
        await ok(client, "POST", "/api/v1/notes", {"contact_id": contact_id, "body": "A"}, status=201)
        answer = await client.post("/api/v1/notes", json={"contact_id": str(new_id()), "body": "A"})
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
