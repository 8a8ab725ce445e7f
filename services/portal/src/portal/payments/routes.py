"""The HTTP door of paying."""

from uuid import UUID

from fastapi import APIRouter

from portal.authentication import ClientDep
from portal.payments import service
from portal.payments.schemas import PaymentIn, PaymentOut
from shared.web.idempotency import IdempotentRoute

router = APIRouter(prefix="/portal/api/documents", tags=["portal: client"], route_class=IdempotentRoute)


@router.post("/{document_id}/payments", status_code=201)
async def begin_payment(client: ClientDep, document_id: UUID, body: PaymentIn) -> PaymentOut:
    """How to pay what is pending. Asking again gives the same, or what is pending by then."""
    return PaymentOut.model_validate(await service.begin_payment(client, document_id, method=body.method))
