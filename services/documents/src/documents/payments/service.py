"""What settles a document: money, and credit notes set off against the invoice that they correct."""

from datetime import date
from decimal import Decimal
from typing import cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from documents.errors import NotApproved, NotPayable, OverPayment, SetOffPayment, Voided
from documents.events import record_document
from documents.kinds import KINDS
from documents.models import Document, Payment
from documents.payments import events, repository
from documents.payments.schemas import PaymentIn
from documents.replicas import service as replicas
from documents.repository import require_document, save_document
from documents.totals import service as totals
from shared.clock import utc_now
from shared.currencies import exact_amount, money_text
from shared.db.tenancy import org_of
from shared.events.documents import DocumentType, DocumentUpdated, PaymentRecorded, PaymentRemoved
from shared.identifiers import new_id

SET_OFF = "credit_note"
"""Method of the rows that stand for a credit note rather than for money."""
_SETTLED_FIELDS = ("status", "paid_total")


async def list_payments(
    session: AsyncSession, document_id: UUID, *, after: tuple[date, UUID] | None, limit: int
) -> list[Payment]:
    """Raises DocumentNotFound."""
    await require_document(session, document_id)
    return await repository.list_payments(session, document_id, after=after, limit=limit)


async def record_payment(session: AsyncSession, document_id: UUID, given: PaymentIn) -> Payment:
    """Raises DocumentNotFound, NotApproved, Voided, NotPayable, Invalid, OverPayment."""
    document = await require_document(session, document_id, lock=True)
    _check_payable(document)
    amount = exact_amount("amount", given.amount, document.currency)
    if amount > document.pending_total:
        raise OverPayment(f"{money_text(document.pending_total, document.currency)} {document.currency} are pending.")
    on = given.date or await replicas.get_today(session)
    payment = _new_payment(session, document, amount, on=on, method=given.method)
    await repository.save_payment(session, payment)
    await events.record_payment(session, PaymentRecorded, payment, document)
    await _settle(session, document, amount)
    await _publish(session, document)
    return payment


async def remove_payment(session: AsyncSession, document_id: UUID, payment_id: UUID) -> None:
    """Takes back a payment registered by mistake. Raises DocumentNotFound, PaymentNotFound, SetOffPayment."""
    document = await require_document(session, document_id, lock=True)
    payment = await repository.require_payment(session, document_id, payment_id)
    if payment.credit_note_id:
        raise SetOffPayment()
    payment.bump()
    await events.record_payment(session, PaymentRemoved, payment, document)
    await repository.remove_payment(session, payment)
    await _settle(session, document, -payment.amount)
    await _publish(session, document)


async def set_off(session: AsyncSession, credit_note: Document, corrected: Document) -> None:
    """As much of the credit note as is still pending on what it corrects; the rest stays open, to be given back.

    Both are locked by the caller, who publishes the credit note.
    """
    amount = min(credit_note.pending_total, corrected.pending_total)
    if not amount:
        return
    for document in (credit_note, corrected):
        payment = _new_payment(session, document, amount, on=credit_note.issue_date, method=SET_OFF)
        payment.credit_note_id = credit_note.id
        await repository.save_payment(session, payment)
        await _settle(session, document, amount)
    await _publish(session, corrected)
    await save_document(session, credit_note)


async def undo_set_off(session: AsyncSession, credit_note: Document, corrected: Document) -> None:
    """Before a credit note is voided. Both are locked by the caller, who publishes the credit note."""
    for payment in await repository.list_set_off(session, credit_note.id):
        document = credit_note if payment.document_id == credit_note.id else corrected
        await repository.remove_payment(session, payment)
        await _settle(session, document, -payment.amount)
        if document is corrected:
            await _publish(session, corrected)


def _check_payable(document: Document) -> None:
    if document.status == "draft":
        raise NotApproved()
    if document.status == "voided":
        raise Voided()
    if not KINDS[cast(DocumentType, document.type)].payable:
        raise NotPayable()


def _new_payment(session: AsyncSession, document: Document, amount: Decimal, *, on: date, method: str) -> Payment:
    now = utc_now()
    return Payment(
        org_id=org_of(session),
        id=new_id(),
        version=1,
        created_at=now,
        updated_at=now,
        document_id=document.id,
        date=on,
        amount=amount,
        method=method,
    )


async def _settle(session: AsyncSession, document: Document, amount: Decimal) -> None:
    document.paid_total += amount
    await totals.change_pending(session, document, -amount)
    if not document.pending_total:
        document.status = "paid"
    else:
        document.status = "partially_paid" if document.paid_total else "approved"


async def _publish(session: AsyncSession, document: Document) -> None:
    document.bump()
    await save_document(session, document)
    await record_document(session, DocumentUpdated, document, changed=_SETTLED_FIELDS)
