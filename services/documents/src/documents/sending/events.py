"""The wish to mail a document, as a published event."""

from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus import outbox
from shared.events.documents import DocumentSendRequested, SendState


async def record_send(session: AsyncSession, send: SendState) -> None:
    await outbox.record(session, DocumentSendRequested, subject=send.id, version=1, data=send)
