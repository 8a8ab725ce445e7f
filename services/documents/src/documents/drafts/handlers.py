"""The bus door of drafts: orders placed in the portal."""

from sqlalchemy.ext.asyncio import AsyncSession

from documents.drafts import service
from shared.bus.consumer import Subscription
from shared.events.portal import OrderPlaced


async def on_order_placed(session: AsyncSession, event: OrderPlaced) -> None:
    await service.draft_order(session, event.data)


SUBSCRIPTIONS = (Subscription(OrderPlaced, on_order_placed),)
