"""The HTTP door of notifications: the log of mails, and a person's word on those that went wrong."""

from uuid import UUID

from fastapi import APIRouter, Depends, Response

from notifications import service
from notifications.schemas import AttemptOut, MessageDetail, MessageOut, Status
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize
from shared.web.pagination import Cursor, CursorParam, LimitParam, Moment, Page, page_of
from shared.web.session import SessionDep
from shared.web.versions import ExpectedVersion, set_etag

router = APIRouter(
    prefix="/api/v1/messages",
    tags=["messages"],
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("notifications"))],
)

_CURSOR = Cursor(tuple[Moment, UUID])


@router.get("")
async def list_messages(
    session: SessionDep,
    contact_id: UUID | None = None,
    document_id: UUID | None = None,
    status: Status | None = None,
    limit: LimitParam = 50,
    cursor: CursorParam = None,
) -> Page[MessageOut]:
    """Newest first."""
    after = _CURSOR.decode(cursor)
    rows = await service.list_messages(
        session, contact_id=contact_id, document_id=document_id, status=status, after=after, limit=limit + 1
    )
    return page_of(rows, limit, MessageOut.model_validate, cursor=_CURSOR, key=lambda row: (row.created_at, row.id))


@router.get("/{message_id}")
async def get_message(session: SessionDep, message_id: UUID, response: Response) -> MessageDetail:
    """With the log of its attempts."""
    message, attempts = await service.get_message(session, message_id)
    set_etag(response, message.version)
    shown = MessageOut.model_validate(message).model_dump()
    return MessageDetail(
        **shown,
        text=message.text,
        attachment_name=message.attachment_name,
        log=[AttemptOut.model_validate(attempt) for attempt in attempts],
    )


@router.post("/{message_id}/resend")
async def resend_message(
    session: SessionDep, message_id: UUID, expected: ExpectedVersion, response: Response
) -> MessageOut:
    """A message that failed, or whose fate is unknown, once more: to everyone who surely has it not."""
    message = await service.resend_message(session, message_id, expected=expected)
    set_etag(response, message.version)
    return MessageOut.model_validate(message)


@router.post("/{message_id}/cancel")
async def cancel_message(
    session: SessionDep, message_id: UUID, expected: ExpectedVersion, response: Response
) -> MessageOut:
    """A message that still waits."""
    message = await service.cancel_message(session, message_id, expected=expected)
    set_etag(response, message.version)
    return MessageOut.model_validate(message)
