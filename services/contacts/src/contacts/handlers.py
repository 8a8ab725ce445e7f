"""The bus door of contacts: what it does when others say something."""

from sqlalchemy.ext.asyncio import AsyncSession

from contacts import service
from shared.bus.consumer import Subscription
from shared.events.gateway import OrganizationCreated, OrganizationUpdated


async def on_organization_changed(session: AsyncSession, event: OrganizationCreated | OrganizationUpdated) -> None:
    await service.remember_organization(session, event.data, version=event.version)


SUBSCRIPTIONS = (
    Subscription(OrganizationCreated, on_organization_changed, keeps_replica=True),
    Subscription(OrganizationUpdated, on_organization_changed, keeps_replica=True),
)
