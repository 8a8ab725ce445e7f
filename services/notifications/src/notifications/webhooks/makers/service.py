"""What becomes of webhooks when those who aimed them may no longer read, or are gone."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from notifications.models import Webhook
from notifications.webhooks.makers import repository
from notifications.webhooks.service import disable
from shared.clock import utc_now
from shared.events.gateway import ApiKeyState, UserState


async def remember_user(session: AsyncSession, user: UserState, *, version: int) -> None:
    """What an inactive person aimed, or a key of theirs, is disabled: who enables it again looks at it first."""
    await repository.apply_user(session, user.id, version=version, active=user.active, scopes=user.scopes)
    known = await repository.get_user(session, user.id)
    if known is not None and not known.active:
        keys = await repository.list_keys_of(session, user.id)
        await _disable_all(session, [f"user:{user.id}", *(f"key:{key_id}" for key_id in keys)])


async def remember_key(session: AsyncSession, key: ApiKeyState, *, version: int) -> None:
    """The same of what a deleted key aimed."""
    await repository.apply_key(
        session,
        key.id,
        version=version,
        user_id=key.user_id,
        scopes=key.scopes,
        expires_at=key.expires_at,
        deleted=key.deleted,
    )
    if key.deleted:
        await _disable_all(session, [f"key:{key.id}"])


async def disable_without_maker(session: AsyncSession) -> None:
    """What a key aimed that has run out meanwhile, or one of whose end we heard before: time tells nobody by itself."""
    for webhook in await repository.lock_webhooks_without_maker(session, at=utc_now()):
        await disable(session, webhook, "by_person")


async def readable(session: AsyncSession, webhook: Webhook) -> frozenset[str]:
    """Scopes that let events through to it at this moment: those it was aimed with, as far as who aimed it still has
    them. Of whom nothing was told since, nothing has changed.
    """
    key, user = await repository.find_maker(session, webhook.aimed_by or webhook.created_by)
    over = key is not None and (key.deleted or (key.expires_at is not None and key.expires_at <= utc_now()))
    if over or (user is not None and not user.active):
        return frozenset()
    given = _narrowed(frozenset(webhook.scopes), key.scopes if key else None)
    return _narrowed(given, user.scopes if user else None)


async def _disable_all(session: AsyncSession, makers: Sequence[str]) -> None:
    for webhook in await repository.lock_webhooks_of(session, makers):
        await disable(session, webhook, "by_person")


def _narrowed(given: frozenset[str], held: Sequence[str] | None) -> frozenset[str]:
    if held is None or "*" in held:
        return given
    return frozenset(held) if "*" in given else given & frozenset(held)
