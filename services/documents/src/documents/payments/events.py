"""Rows of payments as published events."""

from sqlalchemy.ext.asyncio import AsyncSession

from documents.models import Document, Payment
from shared.bus import outbox
from shared.events.base import Event
from shared.events.documents import PaymentRemoved, PaymentState


async def record_payment(
    session: AsyncSession, event: type[Event[PaymentState]], payment: Payment, document: Document
) -> None:
    data = PaymentState(
        id=payment.id,
        document_id=document.id,
        contact_id=document.contact_id,
        date=payment.date,
        amount=payment.amount,
        currency=document.currency,
        method=payment.method,
        deleted=event is PaymentRemoved,
    )
    await outbox.record(session, event, subject=payment.id, version=payment.version, data=data)
