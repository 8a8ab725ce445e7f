"""Each event has one effect per consumer: its id is inserted in the handler's own transaction."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from shared.db.base import utc_now
from shared.db.infrastructure import inbox

KEPT = timedelta(days=35)
"""Longer than anything can be redelivered or replayed from the log stream."""


async def remember(session: AsyncSession, consumer: str, event_id: UUID) -> bool:
    """True the first time. Insert first, never select: two deliveries at once must meet in the key."""
    values = {"consumer": consumer, "event_id": event_id, "handled_at": utc_now()}
    return (await session.execute(_REMEMBER, values)).first() is not None


async def forget_old(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(delete(inbox).where(inbox.c.handled_at < utc_now() - KEPT))


# Built once: composing a statement costs more than running it.
_REMEMBER = insert(inbox).on_conflict_do_nothing().returning(inbox.c.event_id)
