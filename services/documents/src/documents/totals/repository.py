"""Every SQL statement that keeps running totals.

Rows are touched in the order of their keys, so that two documents of one contact never wait for each other crosswise.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from documents.models import Document, DocumentCount, MonthTotal, OpenAmount, SoldLine
from shared.db.tenancy import org_of
from shared.db.upserts import add_up

# Rows come as one JSON value: with a VALUES list of its own length every document would be a statement to compile anew.
_ADD_TO_ITEMS = text(
    """
    INSERT INTO item_total AS t
           (org_id, contact_id, side, currency, grain, starts_on, item_key, product_id, name, quantity, amount)
    SELECT :org_id, :contact_id, :side, :currency, r.grain, r.starts_on, r.item_key, r.product_id, r.name,
           r.quantity, r.amount
      FROM jsonb_to_recordset(:rows) AS r (
           grain text, starts_on date, item_key uuid, product_id uuid, name text, quantity numeric, amount numeric)
     ORDER BY r.grain, r.starts_on, r.item_key
    ON CONFLICT ON CONSTRAINT item_total_pkey DO UPDATE
       SET quantity = t.quantity + excluded.quantity, amount = t.amount + excluded.amount, name = excluded.name
    """
).bindparams(bindparam("rows", type_=JSONB))

_ADD_SOLD_LINES = text(
    """
    INSERT INTO sold_line (org_id, document_id, position, contact_id, side, currency, item_key, sold_on, unit_price)
    SELECT :org_id, :document_id, r.position, :contact_id, :side, :currency, r.item_key, :sold_on, r.unit_price
      FROM jsonb_to_recordset(:rows) AS r (position smallint, item_key uuid, unit_price numeric)
    """
).bindparams(bindparam("rows", type_=JSONB))


async def add_to_month(session: AsyncSession, document: Document, *, sign: int) -> None:
    row = {
        "contact_id": document.contact_id,
        "currency": document.currency,
        "year": document.issue_date.year,
        "month": document.issue_date.month,
        "type": document.type,
        "net": sign * document.subtotal,
        "gross": sign * document.total,
        "count": sign,
    }
    await add_up(session, MonthTotal, row)


async def add_to_items(session: AsyncSession, document: Document, rows: Sequence[dict[str, Any]]) -> None:
    """Rows: {grain, starts_on, item_key, product_id, name, quantity, amount} as JSON has them, one for each key."""
    await session.execute(_ADD_TO_ITEMS, {**_of(session, document), "rows": rows})


async def add_sold_lines(session: AsyncSession, document: Document, rows: Sequence[dict[str, Any]]) -> None:
    """Rows: {position, item_key, unit_price} as JSON has them."""
    parameters = {**_of(session, document), "document_id": document.id, "sold_on": document.issue_date, "rows": rows}
    await session.execute(_ADD_SOLD_LINES, parameters)


async def remove_sold_lines(session: AsyncSession, document_id: UUID) -> None:
    await session.execute(
        delete(SoldLine).where(SoldLine.org_id == org_of(session), SoldLine.document_id == document_id)
    )


async def add_to_open(session: AsyncSession, document: Document, *, due_date: date, amount: Decimal) -> None:
    mine = {**_of(session, document), "amount": amount}
    starts = (("day", due_date), ("month", due_date.replace(day=1)))
    await add_up(session, OpenAmount, *({**mine, "grain": grain, "starts_on": day} for grain, day in starts))


async def add_to_count(session: AsyncSession, *, contact_id: UUID, side: str, sign: int) -> None:
    await add_up(session, DocumentCount, {"contact_id": contact_id, "side": side, "count": sign})


def _of(session: AsyncSession, document: Document) -> dict[str, Any]:
    return {
        "org_id": org_of(session),
        "contact_id": document.contact_id,
        "side": document.side,
        "currency": document.currency,
    }
