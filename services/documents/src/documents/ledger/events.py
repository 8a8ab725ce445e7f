"""Rows of documents as published events."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from documents.models import Document
from shared.bus import outbox
from shared.events.base import Event
from shared.events.documents import DocumentDeleted, DocumentState


async def record_document(
    session: AsyncSession, event: type[Event[DocumentState]], document: Document, *, changed: Iterable[str] = ()
) -> None:
    """Lines and notes stay at home: a listener that shows them asks for one document."""
    data = DocumentState.model_validate(
        {
            **{name: getattr(document, name) for name in DocumentState.model_fields.keys() - {"deleted"}},
            "deleted": event is DocumentDeleted,
        }
    )
    await outbox.record(session, event, subject=document.id, version=document.version, data=data, changed=changed)
