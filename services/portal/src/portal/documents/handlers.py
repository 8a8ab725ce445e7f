"""The bus door of documents: what documents says of them."""

from sqlalchemy.ext.asyncio import AsyncSession

from portal.documents import service
from shared.bus.consumer import Subscription
from shared.events.base import Event
from shared.events.documents import (
    DocumentApproved,
    DocumentCreated,
    DocumentDeleted,
    DocumentState,
    DocumentUpdated,
    DocumentVoided,
)


async def on_document_changed(session: AsyncSession, event: Event[DocumentState]) -> None:
    await service.remember_document(session, event.data, version=event.version)


SUBSCRIPTIONS = (
    Subscription(DocumentCreated, on_document_changed, keeps_replica=True),
    Subscription(DocumentUpdated, on_document_changed, keeps_replica=True),
    Subscription(DocumentApproved, on_document_changed, keeps_replica=True),
    Subscription(DocumentVoided, on_document_changed, keeps_replica=True),
    Subscription(DocumentDeleted, on_document_changed, keeps_replica=True),
)
