"""The bus door of the gateway: it keeps what everybody says, for other systems to follow."""

from sqlalchemy.ext.asyncio import AsyncSession

from gateway.feed import service
from shared.bus.consumer import Subscription
from shared.events.base import AnyEvent


async def on_any_event(session: AsyncSession, event: AnyEvent) -> None:
    await service.append(session, event)


SUBSCRIPTIONS = (Subscription(AnyEvent, on_any_event),)
