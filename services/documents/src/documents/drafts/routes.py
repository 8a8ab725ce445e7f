"""The HTTP door of drafts."""

from uuid import UUID

from fastapi import APIRouter, Depends, Response

from documents.day import TodayDep
from documents.dependencies import ContactsDep
from documents.drafts import service
from documents.drafts.schemas import ConvertIn, DocumentIn, DocumentPatch
from documents.responses import show
from documents.schemas import DocumentOut
from shared.web.amending import Amended
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize
from shared.web.session import SessionDep
from shared.web.versions import ExpectedVersion

router = APIRouter(
    prefix="/api/v1/documents",
    tags=["documents"],
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("documents"))],
)


@router.post("", status_code=201)
async def create_document(
    session: SessionDep, today: TodayDep, contacts: ContactsDep, body: DocumentIn, response: Response
) -> DocumentOut:
    document = await service.create_document(session, body, asker=contacts)
    response.headers["Location"] = f"/api/v1/documents/{document.id}"
    return await show(session, document, today=today, response=response)


@router.patch("/{document_id}")
async def update_draft(
    session: SessionDep,
    today: TodayDep,
    contacts: ContactsDep,
    document_id: UUID,
    body: Amended[DocumentPatch],
    expected: ExpectedVersion,
    response: Response,
) -> DocumentOut:
    document = await service.update_draft(session, document_id, body, expected=expected, asker=contacts)
    return await show(session, document, today=today, response=response)


@router.delete("/{document_id}", status_code=204)
async def delete_draft(session: SessionDep, document_id: UUID, expected: ExpectedVersion) -> None:
    await service.delete_draft(session, document_id, expected=expected)


@router.post("/{document_id}/convert", status_code=201)
async def convert_document(
    session: SessionDep, today: TodayDep, contacts: ContactsDep, document_id: UUID, body: ConvertIn, response: Response
) -> DocumentOut:
    """A draft of another type with the same contact and lines, e.g. the invoice of an accepted estimate."""
    document = await service.convert_document(session, document_id, body.type, asker=contacts)
    response.headers["Location"] = f"/api/v1/documents/{document.id}"
    return await show(session, document, today=today, response=response)
