"""Every SQL statement over documents, their views and answers."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from portal.client import ClientScope
from portal.errors import DocumentNotFound
from portal.models import Document, DocumentView, EstimateAnswer
from portal.repository import belongs_to
from shared.clock import utc_now
from shared.db.tenancy import org_of
from shared.db.upserts import keep_newer
from shared.events.documents import DocumentState
from shared.identifiers import new_id

_COPIED = {
    "id",
    "contact_id",
    "type",
    "number",
    "issue_date",
    "due_date",
    "currency",
    "subtotal",
    "tax_total",
    "total",
    "paid_total",
    "corrects_id",
    "deleted",
}


@dataclass(frozen=True, slots=True)
class Open:
    """What is open in one currency; credit notes lower `pending` and are never overdue."""

    currency: str
    pending: Decimal
    overdue: Decimal


async def apply_document(session: AsyncSession, document: DocumentState, *, version: int) -> None:
    """An answer given here stays shown until documents says the same, or something else."""
    status: str = document.status
    if document.type == "estimate" and status == "approved":
        status = await _answered(session, document.id) or status
    values = {**document.model_dump(include=_COPIED), "status": status}
    await keep_newer(session, Document, version=version, **values)


async def list_documents(
    client: ClientScope,
    *,
    document_type: str | None,
    status: str | None,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[Document]:
    """Newest first."""
    keys = (Document.issue_date, Document.id)
    statement = select(Document).where(_visible(client)).order_by(*(key.desc() for key in keys)).limit(limit)
    if document_type:
        statement = statement.where(Document.type == document_type)
    if status in ("pending", "overdue"):
        statement = statement.where(Document.is_open)
        if status == "overdue":
            statement = statement.where(_overdue(client))
    elif status:
        statement = statement.where(Document.status == status)
    if after:
        statement = statement.where(tuple_(*keys) < tuple_(*after))
    return list((await client.session.execute(statement)).scalars())


async def require_document(client: ClientScope, document_id: UUID, *, lock: bool = False) -> Document:
    """Raises DocumentNotFound for what is not this client's, or not to be seen."""
    statement = select(Document).where(_visible(client), Document.id == document_id)
    if lock:
        statement = statement.with_for_update()
    document = (await client.session.execute(statement)).scalar_one_or_none()
    if document is None:
        raise DocumentNotFound()
    return document


async def find_statuses(client: ClientScope, document_ids: list[UUID]) -> dict[UUID, str]:
    """Of those that are to be seen."""
    statement = select(Document.id, Document.status).where(_visible(client), Document.id.in_(document_ids))
    return {row[0]: row[1] for row in (await client.session.execute(statement)).all()}


async def find_visible(client: ClientScope, document_ids: list[UUID]) -> dict[UUID, Document]:
    statement = select(Document).where(_visible(client), Document.id.in_(document_ids))
    return {document.id: document for document in (await client.session.execute(statement)).scalars()}


async def save_document(client: ClientScope, document: Document) -> None:
    client.session.add(document)
    await client.session.flush()


async def add_answer(client: ClientScope, answer: EstimateAnswer) -> None:
    client.session.add(answer)
    await client.session.flush()


async def get_answer(client: ClientScope, document_id: UUID) -> EstimateAnswer | None:
    statement = select(EstimateAnswer).where(
        belongs_to(client, EstimateAnswer), EstimateAnswer.document_id == document_id
    )
    return (await client.session.execute(statement)).scalar_one_or_none()


async def add_view(client: ClientScope, document_id: UUID) -> DocumentView | None:
    """The first one; None when there was one."""
    statement = (
        insert(DocumentView)
        .values(
            org_id=client.org_id,
            document_id=document_id,
            id=new_id(),
            contact_id=client.contact_id,
            viewed_at=utc_now(),
        )
        .on_conflict_do_nothing()
        .returning(DocumentView)
    )
    return (await client.session.execute(statement)).scalar_one_or_none()


async def list_open(client: ClientScope) -> list[Open]:
    """By currency. Reads what is open, however long the history."""
    refund = Document.type == "credit_note"
    pending = func.sum(case((refund, -Document.pending_total), else_=Document.pending_total))
    overdue = func.sum(case((_overdue(client), Document.pending_total), else_=0))
    statement = (
        select(Document.currency, pending, overdue)
        .where(_visible(client), Document.is_open)
        .group_by(Document.currency)
        .order_by(Document.currency)
    )
    return [Open(row[0], Decimal(row[1]), Decimal(row[2])) for row in (await client.session.execute(statement)).all()]


async def find_next_due(client: ClientScope) -> Document | None:
    """What has to be paid next, not late yet."""
    statement = (
        select(Document)
        .where(
            _visible(client),
            Document.is_open,
            Document.type != "credit_note",
            Document.due_date >= client.today,
        )
        .order_by(Document.due_date, Document.id)
        .limit(1)
    )
    return (await client.session.execute(statement)).scalar_one_or_none()


def sort_values(document: Document) -> tuple[date, UUID]:
    return document.issue_date, document.id


def _visible(client: ClientScope) -> ColumnElement[bool]:
    # Bare booleans: `IS true` would keep the planner from the partial indexes.
    return and_(belongs_to(client, Document), Document.visible)


def _overdue(client: ClientScope) -> ColumnElement[bool]:
    return (Document.due_date < client.today) & (Document.type != "credit_note")


async def _answered(session: AsyncSession, document_id: UUID) -> str | None:
    """The client's answer, once whoever is giving it has finished."""
    mine = (Document.org_id == org_of(session)) & (Document.id == document_id)
    await session.execute(select(Document.id).where(mine).with_for_update())
    statement = select(EstimateAnswer.accepted).where(
        EstimateAnswer.org_id == org_of(session), EstimateAnswer.document_id == document_id
    )
    accepted = (await session.execute(statement)).scalar_one_or_none()
    return None if accepted is None else "accepted" if accepted else "rejected"
