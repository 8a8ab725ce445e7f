"""The bus door of crm: what it does when others say something."""

from sqlalchemy.ext.asyncio import AsyncSession

from crm.replicas import service
from shared.bus.consumer import Subscription
from shared.events.contacts import ContactCreated, ContactDeleted, ContactRestored, ContactUpdated
from shared.events.gateway import OrganizationCreated, OrganizationUpdated, UserCreated, UserUpdated

ContactChanged = ContactCreated | ContactUpdated | ContactDeleted | ContactRestored


async def on_contact_changed(session: AsyncSession, event: ContactChanged) -> None:
    contact = event.data
    await service.remember_contact(
        session, contact.id, version=event.version, kind=contact.kind, name=contact.name, deleted=contact.deleted
    )


async def on_organization_changed(session: AsyncSession, event: OrganizationCreated | OrganizationUpdated) -> None:
    await service.remember_organization(session, version=event.version, currency=event.data.currency)


async def on_user_changed(session: AsyncSession, event: UserCreated | UserUpdated) -> None:
    await service.remember_user(session, event.data.id, version=event.version, name=event.data.name)


SUBSCRIPTIONS = (
    Subscription(ContactCreated, on_contact_changed, keeps_replica=True),
    Subscription(ContactUpdated, on_contact_changed, keeps_replica=True),
    Subscription(ContactDeleted, on_contact_changed, keeps_replica=True),
    Subscription(ContactRestored, on_contact_changed, keeps_replica=True),
    Subscription(OrganizationCreated, on_organization_changed, keeps_replica=True),
    Subscription(OrganizationUpdated, on_organization_changed, keeps_replica=True),
    Subscription(UserCreated, on_user_changed, keeps_replica=True),
    Subscription(UserUpdated, on_user_changed, keeps_replica=True),
)
