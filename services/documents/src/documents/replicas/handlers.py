"""The bus door of replicas: what contacts and gateway say of themselves."""

from sqlalchemy.ext.asyncio import AsyncSession

from documents.replicas import service
from shared.bus.consumer import Subscription
from shared.events.base import Event
from shared.events.contacts import (
    ContactCreated,
    ContactDeleted,
    ContactRestored,
    ContactState,
    ContactUpdated,
    PersonLinked,
    PersonLinkState,
    PersonLinkUpdated,
    PersonUnlinked,
)
from shared.events.gateway import OrganizationCreated, OrganizationState, OrganizationUpdated


async def on_contact_changed(session: AsyncSession, event: Event[ContactState]) -> None:
    await service.remember_contact(session, event.data, version=event.version)


async def on_person_link_changed(session: AsyncSession, event: Event[PersonLinkState]) -> None:
    await service.remember_person_link(session, event.data, version=event.version)


async def on_organization_changed(session: AsyncSession, event: Event[OrganizationState]) -> None:
    await service.remember_organization(session, event.data, version=event.version)


SUBSCRIPTIONS = (
    Subscription(ContactCreated, on_contact_changed, keeps_replica=True),
    Subscription(ContactUpdated, on_contact_changed, keeps_replica=True),
    Subscription(ContactDeleted, on_contact_changed, keeps_replica=True),
    Subscription(ContactRestored, on_contact_changed, keeps_replica=True),
    Subscription(PersonLinked, on_person_link_changed, keeps_replica=True),
    Subscription(PersonLinkUpdated, on_person_link_changed, keeps_replica=True),
    Subscription(PersonUnlinked, on_person_link_changed, keeps_replica=True),
    Subscription(OrganizationCreated, on_organization_changed, keeps_replica=True),
    Subscription(OrganizationUpdated, on_organization_changed, keeps_replica=True),
)
