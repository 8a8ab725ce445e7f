"""The steps that change what a document owes: no row is written anew, and nothing is owed otherwise afterwards."""

import asyncio
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.engine import create_engine
from shared.db.migrate import upgrade
from shared.db.provision import provision
from shared.db.session import Database
from shared.identifiers import new_id
from tests.support.postgres import Databases

_PAYABLE = (
    "type IN ('invoice', 'sales_receipt', 'credit_note') AND status IN ('approved', 'partially_paid') AND NOT deleted"
)
AS_FIRST_WRITTEN = (
    "ALTER TABLE document ALTER COLUMN is_open SET EXPRESSION AS (false), "
    "ALTER COLUMN pending_total SET EXPRESSION AS (0)",
    "ALTER TABLE document ALTER COLUMN total TYPE numeric, ALTER COLUMN paid_total TYPE numeric, "
    "ALTER COLUMN subtotal TYPE numeric, ALTER COLUMN tax_total TYPE numeric, ALTER COLUMN pending_total TYPE numeric",
    f"ALTER TABLE document ALTER COLUMN is_open SET EXPRESSION AS ({_PAYABLE} AND total > paid_total), "
    f"ALTER COLUMN pending_total SET EXPRESSION AS (CASE WHEN {_PAYABLE} THEN total - paid_total ELSE 0 END)",
    "ALTER TABLE payment_attempt ALTER COLUMN amount TYPE numeric",
    "UPDATE alembic_version SET version_num = 'p008'",
)
ENTER = "SELECT set_config('app.org_id', :org_id, true)"
ADD = """INSERT INTO document (org_id, version, contact_id, id, type, status, number, issue_date, currency, subtotal,
        tax_total, total, paid_total, deleted)
    VALUES (:org_id, 1, :id, :id, :type, :status, 'F1', current_date, 'KWD', 0, 0, :total, :paid, false)"""
OWED = [
    ("invoice", "approved", Decimal("121.00"), Decimal(0), True),
    ("credit_note", "partially_paid", Decimal("10.00"), Decimal("4.00"), True),
    ("invoice", "paid", Decimal("121.00"), Decimal("121.00"), False),
    ("estimate", "approved", Decimal("121.00"), Decimal(0), False),
]
FINE = [("invoice", "approved", Decimal("1.235"), Decimal("0.001"), True)]


@pytest.mark.parametrize("before", ["p007", "p008 as it was first written"])
async def test_what_is_owed_stays_and_goes_on_to_be_known(databases: Databases, before: str) -> None:
    urls = await provision(databases.server.url, "portal", database=f"owed_{before[:4]}")
    await asyncio.to_thread(upgrade, "portal", urls.migrate_url, revision="p007")
    owner = Database(create_engine(urls.migrate_url, application="test", pool_size=1))
    org_id = new_id()

    async def add(session: AsyncSession, cards: list[tuple[str, str, Decimal, Decimal, bool]]) -> None:
        await session.execute(text(ENTER), {"org_id": str(org_id)})
        for kind, status, total, paid, _ in cards:
            values = {"org_id": org_id, "id": new_id(), "type": kind, "status": status, "total": total, "paid": paid}
            await session.execute(text(ADD), values)

    async with owner.opened() as session:
        await add(session, OWED)
        if before != "p007":
            for statement in AS_FIRST_WRITTEN:
                await session.execute(text(statement))
    async with owner.opened() as session:
        file_before = await session.scalar(text("SELECT pg_relation_filenode('document')"))
    await asyncio.to_thread(upgrade, "portal", urls.migrate_url)
    async with owner.opened() as session:
        assert await session.scalar(text("SELECT pg_relation_filenode('document')")) == file_before
        await add(session, FINE)
        rows = await session.execute(text("SELECT type, status, total, is_open, pending_total FROM document"))
        expected = {(*card[:3], card[4], card[2] - card[3] if card[4] else 0) for card in OWED + FINE}
        assert {tuple(row) for row in rows} == expected
        await session.execute(text("UPDATE document SET paid_total = total, status = 'paid'"))
        assert await session.scalar(text("SELECT count(*) FROM document WHERE is_open OR pending_total <> 0")) == 0
    await owner.close()
