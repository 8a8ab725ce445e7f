"""How the doors show one document: with what it came from and became, and an ETag that tells of these too."""

from datetime import date

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncSession

from documents import service
from documents.models import Document
from documents.schemas import DocumentOut
from shared.web.versions import set_etag

_DERIVED = {"overdue", "source", "became", "corrects", "corrected_by"}


async def show(session: AsyncSession, document: Document, *, today: date, response: Response) -> DocumentOut:
    relations = await service.get_relations(session, document)
    shown = DocumentOut.of(
        document,
        today=today,
        source=relations.source,
        became=relations.became,
        corrects=relations.corrects,
        corrected_by=relations.corrected_by,
    )
    said = any(getattr(shown, name) for name in _DERIVED)
    set_etag(response, document.version, beside=shown.model_dump_json(include=_DERIVED) if said else "")
    return shown
