"""Rows of documents as published events."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from documents.models import Document
from shared.bus import outbox
from shared.events.base import Event
from shared.events.documents import DocumentDeleted, DocumentState, DocumentUpdated

_FIELDS = DocumentState.model_fields.keys() - {"deleted"}


async def record_document(
    session: AsyncSession, event: type[Event[DocumentState]], document: Document, *, changed: Iterable[str] = ()
) -> None:
    data = _state(document, deleted=event is DocumentDeleted)
    await outbox.record(session, event, subject=document.id, version=document.version, data=data, changed=changed)


def restate_document(document: Document) -> Event[DocumentState]:
    return DocumentUpdated.restated(
        org_id=document.org_id,
        subject=document.id,
        version=document.version,
        as_of=document.updated_at,
        data=_state(document, deleted=False),
    )


def _state(document: Document, *, deleted: bool) -> DocumentState:
    """Lines and notes stay at home: a listener that shows them asks for one document."""
    return DocumentState.model_validate({**{name: getattr(document, name) for name in _FIELDS}, "deleted": deleted})
