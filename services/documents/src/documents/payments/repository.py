"""Every SQL statement of payments."""

from datetime import date
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from documents.errors import PaymentNotFound
from documents.models import Payment
from shared.db.tenancy import org_of


async def list_payments(
    session: AsyncSession, document_id: UUID, *, after: tuple[date, UUID] | None, limit: int
) -> list[Payment]:
    """Oldest first."""
    keys = (Payment.date, Payment.id)
    statement = (
        select(Payment)
        .where(Payment.org_id == org_of(session), Payment.document_id == document_id)
        .order_by(*keys)
        .limit(limit)
    )
    if after:
        statement = statement.where(tuple_(*keys) > tuple_(*after))
    return list((await session.execute(statement)).scalars())


async def require_payment(session: AsyncSession, document_id: UUID, payment_id: UUID) -> Payment:
    """Raises PaymentNotFound."""
    statement = select(Payment).where(
        Payment.org_id == org_of(session), Payment.id == payment_id, Payment.document_id == document_id
    )
    payment = (await session.execute(statement)).scalar_one_or_none()
    if payment is None:
        raise PaymentNotFound()
    return payment


async def list_set_off(session: AsyncSession, credit_note_id: UUID) -> list[Payment]:
    """Both rows of a credit note's set-off: on the invoice and on the credit note itself."""
    statement = select(Payment).where(Payment.org_id == org_of(session), Payment.credit_note_id == credit_note_id)
    return list((await session.execute(statement)).scalars())


async def save_payment(session: AsyncSession, payment: Payment) -> None:
    session.add(payment)
    await session.flush()


async def remove_payment(session: AsyncSession, payment: Payment) -> None:
    await session.delete(payment)
    await session.flush()
