"""The bus door of the catalogue: what documents says of products."""

from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue import service
from shared.bus.consumer import Subscription
from shared.events.base import Event
from shared.events.documents import ProductCreated, ProductState, ProductUpdated


async def on_product_changed(session: AsyncSession, event: Event[ProductState]) -> None:
    await service.remember_product(session, event.data, version=event.version)


SUBSCRIPTIONS = (
    Subscription(ProductCreated, on_product_changed, keeps_replica=True),
    Subscription(ProductUpdated, on_product_changed, keeps_replica=True),
)
