"""The bus door of the gateway: it keeps what everybody says, for other systems to follow, and writes down what of it
is about who may do what.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from gateway.accounts.audit import service as audit
from gateway.feed import service
from shared.bus.consumer import Subscription
from shared.events.base import AnyEvent


async def on_any_event(session: AsyncSession, event: AnyEvent) -> None:
    await service.append(session, event)
    await audit.record_heard(session, event)


SUBSCRIPTIONS = (Subscription(AnyEvent, on_any_event),)
