"""The view that lists and searches read: of one organisation only, and open to the index."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from contacts.service import list_contacts
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from tests.support.planning import analyze, condition_on, plan_of
from tests.support.postgres import Databases

MANY = text(
    """
    INSERT INTO contact (org_id, id, version, created_at, updated_at, kind, name, roles, emails, phones,
        shipping_addresses, bank_accounts, defaults, tags, custom_fields)
    SELECT :org_id, gen_random_uuid(), 1, now(), now(), 'company', 'Cliente ' || md5(n::text), '{}', '{}', '{}',
        '[]', '[]', '{}', '{}', '{}' FROM generate_series(1, 10000) AS n
    """
)


async def test_it_shows_the_rows_of_one_organisation_and_takes_none_of_another(
    database: Database, org_id: UUID
) -> None:
    other = new_id()
    for each in (org_id, other):
        async with database.transaction(Scope(each)) as session:
            await session.execute(MANY, {"org_id": each})
    async with database.transaction(Scope(org_id)) as session:
        owners = (await session.execute(text("SELECT DISTINCT org_id FROM contact_found"))).scalars().all()
        assert owners == [org_id]
    async with database.transaction(Scope(None)) as session:
        assert await session.scalar(text("SELECT count(*) FROM contact_found")) == 0
    move = text("UPDATE contact_found SET org_id = :other")
    with pytest.raises(DBAPIError, match="check option"):
        async with database.transaction(Scope(org_id)) as session:
            await session.execute(move, {"other": other})


FIRST = "Cliente c4ca4238a0b923820dcc509a6f75849b"


@pytest.mark.parametrize("q", [FIRST, FIRST[8:20], "c4ca4238x0b923820dcc"], ids=["exactly", "as written", "similar"])
async def test_a_search_finds_its_index(databases: Databases, database: Database, org_id: UUID, q: str) -> None:
    async with database.transaction(Scope(org_id)) as session:
        await session.execute(MANY, {"org_id": org_id})
    await analyze(databases, "contacts", "contact")

    async def search(session: AsyncSession) -> None:
        assert [contact.name for contact, _ in await list_contacts(session, q=q, limit=51)] == [FIRST]

    plan = await plan_of(database, Scope(org_id), search)
    index = "ix_contact_lines" if q == FIRST else "ix_contact_search"
    assert "search" in condition_on(index, plan), plan
