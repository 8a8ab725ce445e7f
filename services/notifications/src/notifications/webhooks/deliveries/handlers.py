"""The bus door of webhooks: whatever happens may be wanted elsewhere."""

from sqlalchemy.ext.asyncio import AsyncSession

from notifications.webhooks.deliveries import service
from shared.bus.consumer import Subscription
from shared.events.base import AnyEvent


async def on_any_event(session: AsyncSession, event: AnyEvent) -> None:
    await service.fan_out(session, event)


SUBSCRIPTIONS = (Subscription(AnyEvent, on_any_event),)
