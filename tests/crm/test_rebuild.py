"""Rebuilding crm's copies of contacts, which opportunities, activities and notes refer to."""

from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from crm.worker import REPLICAS
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from shared.rebuild.command import rebuild
from shared.rebuild.errors import CannotRebuild
from shared.settings import ServiceSettings
from tests.crm.conftest import PRIVATE_KEY
from tests.crm.support import contact_event, hear, ok
from tests.gateway.peers import serving
from tests.support.organizations import knowing
from tests.support.postgres import Databases


async def test_what_rows_refer_to_stays_and_is_named_when_nobody_knows_it(
    client: httpx.AsyncClient,
    contacts_client: httpx.AsyncClient,
    contacts_url: str,
    database: Database,
    databases: Databases,
    org_id: UUID,
) -> None:
    known = await ok(contacts_client, "POST", "/api/v1/contacts", {"kind": "company", "name": "Conocida"}, status=201)
    await ok(client, "POST", "/api/v1/notes", {"contact_id": known["id"], "body": "A"}, status=201)
    unknown, needed = new_id(), new_id()
    await hear(database, contact_event(org_id, unknown), contact_event(org_id, needed, name="Usada"))
    note = await ok(client, "POST", "/api/v1/notes", {"contact_id": str(needed), "body": "B"}, status=201)
    async with database.transaction(Scope(org_id=org_id)) as session:
        await session.execute(text("UPDATE contact_copy SET name = 'spoilt' WHERE id = :id"), {"id": known["id"]})

    async with serving(knowing(org_id)) as gateway:
        settings = ServiceSettings(
            database_url=SecretStr((await databases.urls("crm")).database_url),
            identity_private_key=SecretStr(PRIVATE_KEY),
            owners={"contacts": contacts_url, "gateway": gateway},
        )
        with pytest.raises(CannotRebuild, match=f"contact_copy {needed} .* nobody knows it, but rows need it"):
            await rebuild("crm", settings, REPLICAS, source="snapshot", say=print)

    async with database.transaction(Scope(org_id=org_id)) as session:
        names = (await session.execute(text("SELECT name FROM contact_copy ORDER BY name"))).scalars().all()
    assert names == ["Conocida", "Usada"]
    assert (await ok(client, "GET", f"/api/v1/notes/{note['id']}"))["contact_name"] == "Usada"
