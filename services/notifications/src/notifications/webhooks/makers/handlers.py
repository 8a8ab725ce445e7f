"""The bus door of who aims webhooks."""

from sqlalchemy.ext.asyncio import AsyncSession

from notifications.webhooks.makers import service
from shared.bus.consumer import Subscription
from shared.events.gateway import ApiKeyCreated, ApiKeyDeleted, UserCreated, UserUpdated


async def on_user_changed(session: AsyncSession, event: UserCreated | UserUpdated) -> None:
    await service.remember_user(session, event.data, version=event.version)


async def on_api_key_changed(session: AsyncSession, event: ApiKeyCreated | ApiKeyDeleted) -> None:
    await service.remember_key(session, event.data, version=event.version)


SUBSCRIPTIONS = (
    Subscription(UserCreated, on_user_changed, keeps_replica=True),
    Subscription(UserUpdated, on_user_changed, keeps_replica=True),
    Subscription(ApiKeyCreated, on_api_key_changed, keeps_replica=True),
    Subscription(ApiKeyDeleted, on_api_key_changed, keeps_replica=True),
)
