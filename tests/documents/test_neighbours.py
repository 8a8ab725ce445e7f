"""Documents beside the real contacts service: what it asks when an event is still on its way."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr

from contacts.config import Settings as ContactsSettings
from contacts.main import create_app as create_contacts
from documents.config import Settings
from documents.main import create_app
from shared.db.session import Database
from shared.events.contacts import ContactDeleted
from shared.identifiers import new_id
from shared.settings import Issuer
from shared.web.identity import generate_keys
from shared.web.server import serve
from tests.documents.world import LINE, World
from tests.support.identity import ISSUERS, client_of
from tests.support.postgres import Databases


@pytest.fixture
async def beside_contacts(
    databases: Databases, database: Database, org_id: UUID
) -> AsyncIterator[tuple[World, httpx.AsyncClient]]:
    """Documents, and a client of the contacts service that it asks over a real socket."""
    private, public = generate_keys()
    issuers = {**ISSUERS, "documents": Issuer(public_key=public, scopes=["contacts:read"])}
    stop = asyncio.Event()
    async with databases.connect("contacts") as contacts_database, asyncio.TaskGroup() as tasks:
        contacts = create_contacts(
            ContactsSettings(database_url=SecretStr("postgresql+asyncpg:///unused"), identity_issuers=issuers),
            contacts_database,
        )
        port = await serve(tasks, contacts, "127.0.0.1", 0, stop)
        settings = Settings(
            database_url=SecretStr("postgresql+asyncpg:///unused"),
            identity_issuers=ISSUERS,
            identity_private_key=SecretStr(private),
            contacts_url=f"http://127.0.0.1:{port}",
        )
        app = create_app(settings, database)
        async with (
            app.router.lifespan_context(app),
            client_of(app, org_id) as client,
            client_of(contacts, org_id) as contacts_client,
        ):
            yield World(database, client, org_id), contacts_client
        stop.set()


async def test_a_contact_whose_event_is_still_on_its_way_is_asked_for(
    beside_contacts: tuple[World, httpx.AsyncClient],
) -> None:
    world, contacts = beside_contacts
    body = {"kind": "company", "name": "Nueva", "defaults": {"payment_days": 7}, "tax_id": "A13585625"}
    contact = (await contacts.post("/api/v1/contacts", json=body)).json()
    draft = await world.draft(contact["id"], issue_date="2026-01-01")
    assert (draft["contact_name"], draft["due_date"]) == ("Nueva", "2026-01-08")
    await contacts.delete(f"/api/v1/contacts/{contact['id']}")
    await world.draft(contact["id"])
    assert (await world.done("GET", f"/api/v1/contacts/{contact['id']}/reports/year"))["sales_total"] == "0.00"


async def test_a_deleted_contact_gets_no_documents_until_it_is_restored(
    beside_contacts: tuple[World, httpx.AsyncClient],
) -> None:
    world, contacts = beside_contacts
    await world.organization()
    made = (await contacts.post("/api/v1/contacts", json={"kind": "company", "name": "Nueva"})).json()
    path = f"/api/v1/contacts/{made['id']}"
    draft = await world.draft(made["id"])
    await contacts.delete(path)
    await world.contact(event=ContactDeleted, contact_id=UUID(made["id"]), version=2, deleted=True)
    body = {"type": "invoice", "contact_id": made["id"], "lines": [LINE]}
    approve = f"/api/v1/documents/{draft['id']}/approve"
    assert await world.refused("POST", "/api/v1/documents", body) == (409, "documents.contact_deleted")
    assert await world.refused("POST", approve) == (409, "documents.contact_deleted")
    await world.done("PATCH", f"/api/v1/documents/{draft['id']}", {"notes": "sigue editable"})

    await contacts.post(f"{path}/restore")
    # Before its event is here.
    await world.done("POST", "/api/v1/documents", body, status=201)
    await world.done("POST", approve)


async def test_a_contact_that_nobody_knows_is_not_found(beside_contacts: tuple[World, httpx.AsyncClient]) -> None:
    world, _ = beside_contacts
    body = {"type": "invoice", "contact_id": str(new_id()), "lines": [LINE]}
    assert await world.refused("POST", "/api/v1/documents", body) == (404, "documents.contact_not_found")
    path = f"/api/v1/contacts/{new_id()}/reports/products"
    assert await world.refused("GET", path) == (404, "documents.contact_not_found")
