"""Rows of notifications as published events."""

from sqlalchemy.ext.asyncio import AsyncSession

from notifications.models import Message
from shared.bus import outbox
from shared.events.base import Event
from shared.events.notifications import MessageState


async def record_message(session: AsyncSession, event: type[Event[MessageState]], message: Message) -> None:
    data = MessageState(
        id=message.id,
        cause_id=message.id,
        contact_id=message.contact_id,
        document_id=message.document_id,
        attempts=message.attempts,
        error=message.last_error,
        at=message.updated_at,
    )
    await outbox.record(session, event, subject=message.id, version=message.version, data=data, changed=["status"])
