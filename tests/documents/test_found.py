"""The views that documents and products are found through: of one organisation, and open to the index."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from documents.products.service import list_products
from documents.service import list_documents
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from tests.documents.world import World
from tests.support.planning import analyze, condition_on, plan_of
from tests.support.postgres import Databases

COLUMNS = text(
    "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns "
    "WHERE table_name = :name AND column_name NOT IN ('id', :text)"
)
MANY = (
    "INSERT INTO {table} (id, {text}, {columns}) "
    "SELECT gen_random_uuid(), md5(n::text), {columns} FROM {table}, generate_series(1, 20000) AS n"
)


async def multiply(world: World, databases: Databases, table: str, column: str) -> None:
    """The one row there is becomes many, each with a word of its own in that column."""
    async with world.database.transaction(Scope(world.org_id)) as session:
        columns = await session.scalar(COLUMNS, {"name": table, "text": column})
        await session.execute(text(MANY.format(table=table, text=column, columns=columns)))
    await analyze(databases, "documents", table)


async def test_a_search_of_documents_finds_its_index(databases: Databases, world: World) -> None:
    await world.draft(await world.contact())
    await multiply(world, databases, "document", "contact_name")

    async def search(session: AsyncSession) -> None:
        assert len(await list_documents(session, q="c4ca4238a0b9", limit=51)) == 1

    plan = await plan_of(world.database, Scope(world.org_id), search)
    assert "search " in condition_on("ix_document_search", plan), plan


async def test_a_search_of_products_finds_its_index(databases: Databases, world: World) -> None:
    await world.done("POST", "/api/v1/products", {"name": "Mesa", "unit_price": "10.00"}, status=201)
    await multiply(world, databases, "product", "sku")

    async def search(session: AsyncSession) -> None:
        assert len(await list_products(session, q="c4ca4238a0b9", limit=51)) == 1

    plan = await plan_of(world.database, Scope(world.org_id), search)
    assert "search " in condition_on("ix_product_search", plan), plan


@pytest.mark.parametrize("view", ["document_found", "product_found"])
async def test_a_view_shows_one_organisation_and_takes_nothing_of_another(
    database: Database, world: World, org_id: UUID, view: str
) -> None:
    await world.draft(await world.contact())
    await world.done("POST", "/api/v1/products", {"name": "Mesa", "unit_price": "10.00"}, status=201)
    for scope, seen in ((Scope(org_id), 1), (Scope(new_id()), 0), (Scope(None), 0)):
        async with database.transaction(scope) as session:
            assert await session.scalar(text(f"SELECT count(*) FROM {view}")) == seen
    with pytest.raises(DBAPIError, match="check option"):
        async with database.transaction(Scope(org_id)) as session:
            await session.execute(text(f"UPDATE {view} SET org_id = :other"), {"other": new_id()})
