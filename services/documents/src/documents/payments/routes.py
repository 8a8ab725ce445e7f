"""The HTTP door of payments."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from documents.payments import service
from documents.payments.schemas import PaymentIn, PaymentOut
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize
from shared.web.pagination import Cursor, CursorParam, LimitParam, Page, page_of
from shared.web.session import SessionDep
from shared.web.versions import set_etag

router = APIRouter(
    prefix="/api/v1/documents/{document_id}/payments",
    tags=["payments"],
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("documents"))],
)

_CURSOR = Cursor(tuple[date, UUID])


@router.get("")
async def list_payments(
    session: SessionDep, document_id: UUID, limit: LimitParam = 50, cursor: CursorParam = None
) -> Page[PaymentOut]:
    """Oldest first."""
    rows = await service.list_payments(session, document_id, after=_CURSOR.decode(cursor), limit=limit + 1)
    return page_of(rows, limit, PaymentOut.model_validate, cursor=_CURSOR, key=lambda row: (row.date, row.id))


@router.post("", status_code=201)
async def record_payment(session: SessionDep, document_id: UUID, body: PaymentIn, response: Response) -> PaymentOut:
    payment = await service.record_payment(session, document_id, body)
    set_etag(response, payment.version)
    return PaymentOut.model_validate(payment)


@router.delete("/{payment_id}", status_code=204)
async def remove_payment(session: SessionDep, document_id: UUID, payment_id: UUID) -> None:
    """For one registered by mistake: what it settled is pending again."""
    await service.remove_payment(session, document_id, payment_id)
