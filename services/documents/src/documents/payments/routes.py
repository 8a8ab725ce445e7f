"""The HTTP door of payments."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from documents.payments import service
from documents.payments.schemas import PaymentIn, PaymentOut
from shared.errors import invalid
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize
from shared.web.pagination import CursorParam, LimitParam, Page, decode_cursor, encode_cursor
from shared.web.session import SessionDep
from shared.web.versions import set_etag

router = APIRouter(
    prefix="/api/v1/documents/{document_id}/payments",
    tags=["payments"],
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("documents"))],
)


@router.get("")
async def list_payments(
    session: SessionDep, document_id: UUID, limit: LimitParam = 50, cursor: CursorParam = None
) -> Page[PaymentOut]:
    """Oldest first."""
    rows = await service.list_payments(session, document_id, after=_after(cursor), limit=limit + 1)
    return Page(
        items=[PaymentOut.model_validate(row) for row in rows[:limit]],
        next_cursor=encode_cursor(rows[limit - 1].date, rows[limit - 1].id) if len(rows) > limit else None,
    )


@router.post("", status_code=201)
async def record_payment(session: SessionDep, document_id: UUID, body: PaymentIn, response: Response) -> PaymentOut:
    payment = await service.record_payment(session, document_id, body)
    set_etag(response, payment.version)
    return PaymentOut.model_validate(payment)


@router.delete("/{payment_id}", status_code=204)
async def remove_payment(session: SessionDep, document_id: UUID, payment_id: UUID) -> None:
    """For one registered by mistake: what it settled is pending again."""
    await service.remove_payment(session, document_id, payment_id)


def _after(cursor: str | None) -> tuple[date, UUID] | None:
    if cursor is None:
        return None
    day, last_id = decode_cursor(cursor, size=2)
    try:
        return date.fromisoformat(str(day)), UUID(str(last_id))
    except ValueError:
        raise invalid("cursor", "cursor_invalid", "The cursor is not one this list gave.") from None
