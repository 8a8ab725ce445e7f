"""An approved document never changes: not through the API, not in the database, not with its contact."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.db.tenancy import Scope
from shared.events.contacts import ContactDeleted, ContactUpdated
from tests.documents.world import World


async def test_the_api_refuses_to_change_or_delete_it(world: World) -> None:
    invoice = await world.approved(await world.contact())
    path = f"/api/v1/documents/{invoice['id']}"
    assert await world.refused("PATCH", path, {"notes": "x"}) == (409, "documents.not_a_draft")
    assert await world.refused("DELETE", path) == (409, "documents.not_a_draft")
    assert await world.get(invoice) == invoice


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE document SET total = total + 1 WHERE id = :id",
        "UPDATE document SET lines = '[]' WHERE id = :id",
        "UPDATE document SET number = 'F1' WHERE id = :id",
        "UPDATE document SET contact_snapshot = '{}' WHERE id = :id",
        "UPDATE document SET status = 'draft', number = NULL WHERE id = :id",
        "DELETE FROM document WHERE id = :id",
    ],
)
async def test_the_database_refuses_too(world: World, scope: Scope, change: str) -> None:
    invoice = await world.approved(await world.contact())
    with pytest.raises(DBAPIError, match="approved and never changes"):
        async with world.database.transaction(scope) as session:
            await session.execute(text(change), {"id": invoice["id"]})


async def test_what_happens_to_the_contact_or_organisation_later_does_not_touch_it(world: World) -> None:
    contact = await world.contact()
    invoice = await world.approved(contact)
    changed: dict[str, Any] = {"tax_id": "B99999999", "emails": []}
    await world.contact("Otra", event=ContactUpdated, contact_id=UUID(contact), version=2, **changed)
    await world.contact("Otra", event=ContactDeleted, contact_id=UUID(contact), version=3, deleted=True)
    await world.organization(version=2, name="Sur, S.L.")
    again = await world.get(invoice)
    assert again == invoice
    assert (again["issuer"]["name"], again["recipient"]["name"]) == ("Norte, S.L.", "Acme, S.A.")
