"""The view that lists and searches read: of one organisation only, and open to the index."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.db.engine import create_engine
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from tests.support.postgres import Databases

MANY = text(
    """
    INSERT INTO contact (org_id, id, version, created_at, updated_at, kind, name, roles, emails, phones,
        shipping_addresses, bank_accounts, defaults, tags, custom_fields, sort_name, search)
    SELECT :org_id, gen_random_uuid(), 1, now(), now(), 'company', 'Cliente ' || n, '{}', '{}', '{}',
        '[]', '[]', '{}', '{}', '{}', 'cliente ' || n, 'cliente ' || md5(n::text) FROM generate_series(1, 2000) AS n
    """
)
LIKE = "EXPLAIN SELECT id FROM {} WHERE org_id = :org_id AND search LIKE '%blauer%'"


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


async def test_a_search_finds_its_index_through_it_and_not_through_the_table(
    databases: Databases, database: Database, org_id: UUID
) -> None:
    async with database.transaction(Scope(org_id)) as session:
        await session.execute(MANY, {"org_id": org_id})
    owner = Database(create_engine((await databases.urls("contacts")).migrate_url, application="test", pool_size=1))
    async with owner.engine.connect() as raw:
        connection = await raw.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE contact"))
    await owner.close()
    plans = {}
    async with database.transaction(Scope(org_id)) as session:
        for place in ("contact_found", "contact"):
            rows = await session.execute(text(LIKE.format(place)), {"org_id": org_id})
            plans[place] = " ".join(rows.scalars())
    assert "ix_contact_search" in plans["contact_found"]
    assert "~~ '%blauer%'" in plans["contact_found"].partition("Index Cond")[2]
    assert "~~ '%blauer%'" not in plans["contact"].partition("Index Cond")[2].partition("Filter")[0]
