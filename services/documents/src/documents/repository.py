"""Every SQL statement of documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, text, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from documents.crediting import Share
from documents.errors import DocumentNotFound
from documents.models import Document, FoundDocument
from shared.db.finding import Listing, find_page
from shared.db.tenancy import org_of

_HEAVY = (
    Document.lines,
    Document.taxes,
    Document.notes,
    Document.organization_snapshot,
    Document.contact_snapshot,
)


MOST_RELATIVES = 200


@dataclass(frozen=True, slots=True)
class Relative:
    """Another document, as far as one that names it says of it."""

    id: UUID
    type: str
    number: str | None
    status: str
    contact_id: UUID
    source_id: UUID | None
    corrects_id: UUID | None


_CREDITED_SHARES = text(
    """
    WITH credit_note AS (
        SELECT taxes, lines FROM document
         WHERE org_id = :org_id AND corrects_id = :document_id AND status IN ('approved', 'partially_paid', 'paid')
    )
    SELECT code, sum(base) AS base, sum(amount) AS amount
      FROM (SELECT t->>'code' AS code, (t->>'base')::numeric AS base, (t->>'amount')::numeric AS amount
              FROM credit_note, jsonb_array_elements(taxes) t
             UNION ALL
            SELECT '', (l->>'subtotal')::numeric, 0
              FROM credit_note, jsonb_array_elements(lines) l
             WHERE l->'taxes' = '[]') shares
     GROUP BY code
    """
)


async def get_document(session: AsyncSession, document_id: UUID) -> Document | None:
    statement = select(Document).where(Document.org_id == org_of(session), Document.id == document_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def require_document(session: AsyncSession, document_id: UUID, *, lock: bool = False) -> Document:
    """Raises DocumentNotFound. `lock` holds the row until the transaction ends."""
    statement = select(Document).where(Document.org_id == org_of(session), Document.id == document_id)
    if lock:
        statement = statement.with_for_update()
    document = (await session.execute(statement)).scalar_one_or_none()
    if document is None:
        raise DocumentNotFound()
    return document


async def list_documents(
    session: AsyncSession,
    *,
    contact_id: UUID | None,
    side: str | None,
    document_type: str | None,
    status: str | None,
    issued_from: date | None,
    issued_to: date | None,
    overdue_on: date | None,
    q: str | None,
    after: Sequence[Any] | None,
    limit: int,
) -> list[tuple[Document, tuple[Any, ...]]]:
    """Newest first, without their heavy columns; beside each what the next page comes after.

    `overdue_on`: only what is open and was due before that day.
    """
    found = select(FoundDocument.org_id, FoundDocument.id).where(FoundDocument.org_id == org_of(session))
    for column, value in (
        (FoundDocument.contact_id, contact_id),
        (FoundDocument.side, side),
        (FoundDocument.type, document_type),
        (FoundDocument.status, status),
    ):
        if value is not None:
            found = found.where(column == value)
    if issued_from:
        found = found.where(FoundDocument.issue_date >= issued_from)
    if issued_to:
        found = found.where(FoundDocument.issue_date <= issued_to)
    if overdue_on:
        found = found.where(FoundDocument.pending_total > 0, FoundDocument.due_date < overdue_on)
    return await find_page(session, _NEWEST_FIRST, found, q=q, after=after, limit=limit)


async def list_relatives(session: AsyncSession, document: Document) -> list[Relative]:
    """What it was made from and corrects, and what was made from it or corrects it, in the order they were made."""
    columns = (
        Document.id,
        Document.type,
        Document.number,
        Document.status,
        Document.contact_id,
        Document.source_id,
        Document.corrects_id,
    )
    mine = Document.org_id == org_of(session)
    before = select(*columns).where(mine, Document.id.in_([document.source_id, document.corrects_id]))
    after = (
        select(*columns)
        .where(mine, or_(Document.source_id == document.id, Document.corrects_id == document.id))
        .order_by(Document.id)
        .limit(MOST_RELATIVES)
    )
    rows = await session.execute(union_all(before, after.subquery().select()))
    return sorted((Relative(*row) for row in rows), key=lambda relative: relative.id)


async def credited_total(session: AsyncSession, document_id: UUID) -> Decimal:
    """What the approved credit notes of a document add up to."""
    statement = select(func.coalesce(func.sum(Document.total), 0)).where(
        Document.org_id == org_of(session),
        Document.corrects_id == document_id,
        Document.status.in_(("approved", "partially_paid", "paid")),
    )
    return Decimal((await session.execute(statement)).scalar_one())


async def credited_shares(session: AsyncSession, document_id: UUID) -> dict[str, Share]:
    """What the approved credit notes of a document take of each tax, and of what carries none."""
    rows = await session.execute(_CREDITED_SHARES, {"org_id": org_of(session), "document_id": document_id})
    return {row.code: Share(row.base, row.amount) for row in rows}


async def has_credit_notes(session: AsyncSession, document_id: UUID) -> bool:
    """Approved ones, also of nothing."""
    statement = select(Document.id).where(
        Document.org_id == org_of(session),
        Document.corrects_id == document_id,
        Document.status.in_(("approved", "partially_paid", "paid")),
    )
    return (await session.execute(statement.limit(1))).first() is not None


async def save_document(session: AsyncSession, document: Document) -> None:
    """Insert or update."""
    session.add(document)
    await session.flush()


async def remove_document(session: AsyncSession, document: Document) -> None:
    await session.delete(document)
    await session.flush()


_NEWEST_FIRST = Listing(
    Document,
    FoundDocument,
    ("issue_date", "id"),
    lambda document: (document.number, document.contact_name, document.supplier_number),
    descending=True,
    without=_HEAVY,
)
