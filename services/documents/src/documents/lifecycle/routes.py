"""The HTTP door of what becomes of a document after its draft."""

from uuid import UUID

from fastapi import APIRouter, Depends, Response

from documents.day import TodayDep
from documents.dependencies import ContactsDep
from documents.lifecycle import service
from documents.responses import show
from documents.schemas import AnswerIn, DocumentOut
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


@router.post("/{document_id}/approve")
async def approve_document(
    session: SessionDep,
    today: TodayDep,
    contacts: ContactsDep,
    document_id: UUID,
    expected: ExpectedVersion,
    response: Response,
) -> DocumentOut:
    """Gives it its number and freezes it."""
    document = await service.approve_document(session, document_id, expected=expected, asker=contacts)
    return await show(session, document, today=today, response=response)


@router.post("/{document_id}/void")
async def void_document(
    session: SessionDep, today: TodayDep, document_id: UUID, expected: ExpectedVersion, response: Response
) -> DocumentOut:
    document = await service.void_document(session, document_id, expected=expected)
    return await show(session, document, today=today, response=response)


@router.post("/{document_id}/accept")
async def accept_estimate(
    session: SessionDep,
    today: TodayDep,
    document_id: UUID,
    expected: ExpectedVersion,
    response: Response,
    body: AnswerIn | None = None,
) -> DocumentOut:
    """For staff, when the client answered by other means than the portal."""
    reason = body.reason if body else None
    document = await service.answer_estimate(session, document_id, "accepted", reason=reason, expected=expected)
    return await show(session, document, today=today, response=response)


@router.post("/{document_id}/reject")
async def reject_estimate(
    session: SessionDep,
    today: TodayDep,
    document_id: UUID,
    expected: ExpectedVersion,
    response: Response,
    body: AnswerIn | None = None,
) -> DocumentOut:
    reason = body.reason if body else None
    document = await service.answer_estimate(session, document_id, "rejected", reason=reason, expected=expected)
    return await show(session, document, today=today, response=response)
