"""The bus door of files: what it does when others say something."""

from sqlalchemy.ext.asyncio import AsyncSession

from files import service
from shared.bus.consumer import Subscription
from shared.events.contacts import ContactCreated, ContactDeleted, ContactRestored, ContactUpdated

ContactChanged = ContactCreated | ContactUpdated | ContactDeleted | ContactRestored


async def on_contact_changed(session: AsyncSession, event: ContactChanged) -> None:
    await service.remember_contact(session, event.subject, version=event.version, deleted=event.data.deleted)


SUBSCRIPTIONS = (
    Subscription(ContactCreated, on_contact_changed, keeps_replica=True),
    Subscription(ContactUpdated, on_contact_changed, keeps_replica=True),
    Subscription(ContactDeleted, on_contact_changed, keeps_replica=True),
    Subscription(ContactRestored, on_contact_changed, keeps_replica=True),
)
