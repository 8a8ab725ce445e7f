"""Every SQL statement of notifications."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.errors import MessageNotFound
from notifications.models import Attempt, Delivery, Message
from shared.db.session import wake_after_commit
from shared.db.tenancy import org_of

_MOST_ATTEMPTS_SHOWN = 200


async def add_message(session: AsyncSession, values: dict[str, Any]) -> Message | None:
    """None when this message is already there."""
    statement = insert(Message).values(**values).on_conflict_do_nothing().returning(Message)
    return (await session.execute(statement)).scalar_one_or_none()


async def get_message(session: AsyncSession, message_id: UUID, *, lock: bool = False) -> Message | None:
    """`lock` holds the row until the transaction ends."""
    statement = select(Message).where(Message.org_id == org_of(session), Message.id == message_id)
    if lock:
        statement = statement.with_for_update()
    return (await session.execute(statement)).scalar_one_or_none()


async def require_message(session: AsyncSession, message_id: UUID, *, lock: bool = False) -> Message:
    """Raises MessageNotFound."""
    message = await get_message(session, message_id, lock=lock)
    if message is None:
        raise MessageNotFound()
    return message


async def list_messages(
    session: AsyncSession,
    *,
    contact_id: UUID | None,
    document_id: UUID | None,
    status: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Message]:
    """Newest first; `after` is the (created_at, id) of the last one shown."""
    keys = (Message.created_at, Message.id)
    statement = select(Message).where(Message.org_id == org_of(session))
    if contact_id:
        statement = statement.where(Message.contact_id == contact_id)
    if document_id:
        statement = statement.where(Message.document_id == document_id)
    if status:
        statement = statement.where(Message.status == status)
    if after:
        statement = statement.where(tuple_(*keys) < tuple_(*after))
    statement = statement.order_by(*(key.desc() for key in keys)).limit(limit)
    return list((await session.execute(statement)).scalars())


async def save(session: AsyncSession, *rows: Message | Attempt) -> None:
    session.add_all(rows)
    await session.flush()


async def list_attempts(session: AsyncSession, message_id: UUID) -> list[Attempt]:
    """Newest first."""
    statement = (
        select(Attempt)
        .where(Attempt.org_id == org_of(session), Attempt.message_id == message_id)
        .order_by(Attempt.number.desc())
        .limit(_MOST_ATTEMPTS_SHOWN)
    )
    return list((await session.execute(statement)).scalars())


async def get_attempt(session: AsyncSession, message_id: UUID, number: int) -> Attempt | None:
    statement = select(Attempt).where(
        Attempt.org_id == org_of(session), Attempt.message_id == message_id, Attempt.number == number
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def schedule(session: AsyncSession, message_id: UUID, *, after_seconds: float) -> None:
    """Have the message delivered from then on, free of any lease."""
    due_at = func.now() + timedelta(seconds=after_seconds)
    statement = insert(Delivery).values(org_id=org_of(session), message_id=message_id, due_at=due_at, lease=None)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["org_id", "message_id"],
            set_={"due_at": statement.excluded.due_at, "lease": None},
        )
    )
    wake_after_commit(session)


async def unschedule(session: AsyncSession, message_id: UUID) -> None:
    await session.execute(delete(Delivery).where(Delivery.org_id == org_of(session), Delivery.message_id == message_id))


async def lease_due(session: AsyncSession, *, seconds: float, limit: int) -> list[tuple[UUID, UUID, UUID]]:
    """Take what is due, of any organisation: (org_id, message_id, lease). Whose lease ran out is due again.

    Workers side by side skip each other's rows. The clock is the database's, one for all of them.
    """
    due = (
        select(Delivery.org_id, Delivery.message_id)
        .where(Delivery.due_at <= func.now())
        .order_by(Delivery.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    statement = (
        update(Delivery)
        .where(Delivery.org_id == due.c.org_id, Delivery.message_id == due.c.message_id)
        .values(lease=func.gen_random_uuid(), due_at=func.now() + timedelta(seconds=seconds))
        .returning(Delivery.org_id, Delivery.message_id, Delivery.lease)
    )
    return [(org, message, lease) for org, message, lease in (await session.execute(statement)).all() if lease]


async def renew_lease(session: AsyncSession, message_id: UUID, lease: UUID, *, seconds: float) -> bool:
    """Held by the transaction until it ends. False when the lease is somebody else's by now."""
    mine = (Delivery.message_id == message_id) & (Delivery.lease == lease) & (Delivery.org_id == org_of(session))
    until = func.now() + timedelta(seconds=seconds)
    statement = update(Delivery).where(mine).values(due_at=until).returning(Delivery.message_id)
    return (await session.execute(statement)).first() is not None
