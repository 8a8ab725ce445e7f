"""The bus door of previews: what gateway says of those who look."""

from sqlalchemy.ext.asyncio import AsyncSession

from portal.previews import service
from shared.bus.consumer import Subscription
from shared.events.gateway import ApiKeyDeleted, UserUpdated


async def on_user_updated(session: AsyncSession, event: UserUpdated) -> None:
    held = frozenset(event.data.scopes or ()) if event.data.active else frozenset()
    await service.end_previews_of_user(session, event.data.id, held=held)


async def on_api_key_deleted(session: AsyncSession, event: ApiKeyDeleted) -> None:
    await service.end_previews_of(session, f"key:{event.data.id}")


SUBSCRIPTIONS = (
    Subscription(UserUpdated, on_user_updated),
    Subscription(ApiKeyDeleted, on_api_key_deleted),
)
