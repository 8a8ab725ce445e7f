"""The HTTP door of sending."""

from uuid import UUID

from fastapi import APIRouter, Depends

from documents.dependencies import ContactsDep
from documents.sending import service
from documents.sending.schemas import RecipientOut, SendIn, SendOut
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize, Demand
from shared.web.pagination import Page
from shared.web.session import SessionDep

router = APIRouter(
    prefix="/api/v1/documents/{document_id}",
    tags=["documents"],
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("documents"))],
)


@router.get("/recipients")
async def list_recipients(session: SessionDep, contacts: ContactsDep, document_id: UUID) -> Page[RecipientOut]:
    """Who would get it by mail, and why."""
    recipients = await service.list_recipients(session, document_id, asker=contacts)
    return Page(items=[RecipientOut.model_validate(recipient) for recipient in recipients])


# Who mails a document reads it, wherever the mail goes.
@router.post("/send", status_code=202, dependencies=[Depends(Demand("documents:read"))])
async def request_send(
    session: SessionDep, contacts: ContactsDep, document_id: UUID, body: SendIn | None = None
) -> SendOut:
    """One mail to everybody; it leaves as soon as notifications gets to it."""
    send = await service.request_send(session, document_id, body or SendIn(), asker=contacts)
    return SendOut(
        id=send.id,
        to=[recipient.email for recipient in send.to],
        cc=[recipient.email for recipient in send.cc],
        bcc=[recipient.email for recipient in send.bcc],
    )
