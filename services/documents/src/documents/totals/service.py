"""Keeping the running totals: called in the transaction of the document that changes them, nowhere else."""

import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any, Literal, cast
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from documents.kinds import KINDS, DocumentKind
from documents.models import Document
from documents.totals import repository
from shared.events.documents import DocumentType

NO_DUE_DATE = date.max
"""What a credit note leaves open never becomes overdue."""

_FREE_TEXT = UUID("6f0f3f0e-6f7c-5d63-9c0e-1d7a3f1f2b6a")
"""Namespace of the keys of lines without a product."""


async def count_document(session: AsyncSession, document: Document, *, sign: Literal[1, -1]) -> None:
    """An approved document comes in (1), a voided one goes out (-1). Open amounts are `change_pending`'s."""
    kind = KINDS[cast(DocumentType, document.type)]
    # First: whoever counts for the same contact and side waits here, and so never crosswise further on.
    await repository.add_to_count(session, contact_id=document.contact_id, side=document.side, sign=sign)
    await repository.add_to_month(session, document, sign=sign)
    if kind.turnover:
        await repository.add_to_items(session, document, _item_rows(document, sign * kind.turnover))
    if kind.turnover > 0 and sign > 0:
        await repository.add_sold_lines(session, document, _sold_rows(document))
    elif kind.turnover > 0:
        await repository.remove_sold_lines(session, document.id)


async def change_pending(session: AsyncSession, document: Document, by: Decimal) -> None:
    """`by` is in the document's own terms: what is open on a credit note lowers what is open of the contact."""
    kind = KINDS[cast(DocumentType, document.type)]
    document.pending_total += by
    if by:
        due_date = _falls_due(document, kind)
        await repository.add_to_open(session, document, due_date=due_date, amount=by * kind.turnover)


def item_key(line: dict[str, Any]) -> UUID:
    """The product, or the description in small letters without accents where there is none.

    Never to change: totals are kept by it, and a document that is voided is subtracted under the key it was counted by.
    """
    product_id = line["product_id"]
    if product_id:
        return UUID(product_id)
    decomposed = unicodedata.normalize("NFKD", line["description"])
    return uuid5(_FREE_TEXT, "".join(c for c in decomposed if not unicodedata.combining(c)).lower())


def _falls_due(document: Document, kind: DocumentKind) -> date:
    return NO_DUE_DATE if kind.turnover < 0 else document.due_date or document.issue_date


def _item_rows(document: Document, sign: int) -> list[dict[str, Any]]:
    """As JSON has them. One row per item and grain: a statement may touch a key only once."""
    sums: dict[UUID, tuple[Decimal, Decimal]] = {}
    lines: dict[UUID, dict[str, Any]] = {}
    for line in document.lines:
        key = item_key(line)
        quantity, amount = sums.get(key, (Decimal(0), Decimal(0)))
        sums[key] = (quantity + sign * Decimal(line["quantity"]), amount + sign * Decimal(line["subtotal"]))
        lines[key] = line
    day, month = document.issue_date, document.issue_date.replace(day=1)
    return [
        {
            "grain": grain,
            "starts_on": starts_on.isoformat(),
            "item_key": str(key),
            "product_id": lines[key]["product_id"],
            "name": lines[key]["description"],
            "quantity": str(quantity),
            "amount": str(amount),
        }
        for key, (quantity, amount) in sums.items()
        for grain, starts_on in (("day", day), ("month", month))
    ]


def _sold_rows(document: Document) -> list[dict[str, Any]]:
    return [
        {"position": position, "item_key": str(item_key(line)), "unit_price": line["unit_price"]}
        for position, line in enumerate(document.lines)
    ]
