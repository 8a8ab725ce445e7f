"""Reading documents: one, a page of them, and what each came from and became."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from documents import repository
from documents.models import Document
from documents.replicas import service as replicas
from documents.repository import Relative
from documents.schemas import StatusFilter
from shared.events.documents import DocumentType, Side


@dataclass(frozen=True, slots=True)
class Relations:
    """What a document came from and became. A credit note stands with what it corrects, however it was made."""

    source: Relative | None
    became: list[Relative]
    corrects: Relative | None
    corrected_by: list[Relative]


async def get_document(session: AsyncSession, document_id: UUID) -> Document:
    """Raises DocumentNotFound."""
    return await repository.require_document(session, document_id)


async def get_relations(session: AsyncSession, document: Document) -> Relations:
    """Drafts and voided ones too; not what was deleted since."""
    relatives = await repository.list_relatives(session, document)
    corrects = next((each for each in relatives if each.id == document.corrects_id), None)
    source = next((each for each in relatives if each.id == document.source_id), None)
    return Relations(
        source=None if source is corrects else source,
        became=[each for each in relatives if each.source_id == document.id != each.corrects_id],
        corrects=corrects,
        corrected_by=[each for each in relatives if each.corrects_id == document.id],
    )


async def list_documents(
    session: AsyncSession,
    *,
    contact_id: UUID | None = None,
    side: Side | None = None,
    document_type: DocumentType | None = None,
    status: StatusFilter | None = None,
    issued_from: date | None = None,
    issued_to: date | None = None,
    q: str | None = None,
    after: Sequence[Any] | None = None,
    limit: int,
) -> list[tuple[Document, tuple[Any, ...]]]:
    """Newest first; beside each document what the next page comes after."""
    return await repository.list_documents(
        session,
        contact_id=contact_id,
        side=side,
        document_type=document_type,
        status=None if status == "overdue" else status,
        overdue_on=await replicas.get_today(session) if status == "overdue" else None,
        issued_from=issued_from,
        issued_to=issued_to,
        q=q,
        after=after,
        limit=limit,
    )
