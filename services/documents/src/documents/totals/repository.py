"""Every SQL statement that keeps running totals.

Rows are touched in the order of their keys, so that two documents of one contact never wait for each other crosswise.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from documents.models import Document, DocumentCount, ItemTotal, MonthTotal, OpenAmount, SoldLine
from shared.db.tenancy import org_of


async def add_to_month(session: AsyncSession, document: Document, *, sign: int) -> None:
    statement = postgresql.insert(MonthTotal).values(
        org_id=org_of(session),
        contact_id=document.contact_id,
        currency=document.currency,
        year=document.issue_date.year,
        month=document.issue_date.month,
        type=document.type,
        net=sign * document.subtotal,
        gross=sign * document.total,
        count=sign,
    )
    new = statement.excluded
    await session.execute(
        statement.on_conflict_do_update(
            constraint="month_total_pkey",
            set_={
                "net": MonthTotal.net + new.net,
                "gross": MonthTotal.gross + new.gross,
                "count": MonthTotal.count + new["count"],
            },
        )
    )


async def add_to_items(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Rows of ItemTotal without organisation, at most one for each key."""
    if not rows:
        return
    org_id = org_of(session)
    ordered = sorted(rows, key=lambda row: (row["grain"], row["starts_on"], row["item_key"]))
    statement = postgresql.insert(ItemTotal).values([{"org_id": org_id, **row} for row in ordered])
    new = statement.excluded
    await session.execute(
        statement.on_conflict_do_update(
            constraint="item_total_pkey",
            set_={
                "quantity": ItemTotal.quantity + new.quantity,
                "amount": ItemTotal.amount + new.amount,
                "name": new.name,
            },
        )
    )


async def add_sold_lines(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Rows of SoldLine without organisation."""
    if rows:
        org_id = org_of(session)
        await session.execute(insert(SoldLine).values([{"org_id": org_id, **row} for row in rows]))


async def remove_sold_lines(session: AsyncSession, document_id: UUID) -> None:
    await session.execute(
        delete(SoldLine).where(SoldLine.org_id == org_of(session), SoldLine.document_id == document_id)
    )


async def add_to_open(
    session: AsyncSession, *, contact_id: UUID, currency: str, side: str, due_date: date, amount: Decimal
) -> None:
    statement = postgresql.insert(OpenAmount).values(
        org_id=org_of(session),
        contact_id=contact_id,
        currency=currency,
        side=side,
        due_date=due_date,
        amount=amount,
    )
    await session.execute(
        statement.on_conflict_do_update(
            constraint="open_amount_pkey", set_={"amount": OpenAmount.amount + statement.excluded.amount}
        )
    )


async def add_to_count(session: AsyncSession, *, contact_id: UUID, side: str, sign: int) -> None:
    statement = postgresql.insert(DocumentCount).values(
        org_id=org_of(session), contact_id=contact_id, side=side, count=sign
    )
    await session.execute(
        statement.on_conflict_do_update(
            constraint="document_count_pkey", set_={"count": DocumentCount.count + statement.excluded["count"]}
        )
    )
