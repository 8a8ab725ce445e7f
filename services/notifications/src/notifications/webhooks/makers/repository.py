"""Every SQL statement over our copies of people and their keys, and over what they aimed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.models import ApiKeyCopy, UserCopy, Webhook
from shared.db.tenancy import org_of
from shared.db.upserts import keep_newer


async def apply_user(
    session: AsyncSession, user_id: UUID, *, version: int, active: bool, scopes: list[str] | None
) -> None:
    await keep_newer(session, UserCopy, id=user_id, version=version, active=active, scopes=scopes)


async def apply_key(
    session: AsyncSession,
    key_id: UUID,
    *,
    version: int,
    user_id: UUID,
    scopes: list[str],
    expires_at: datetime | None,
    deleted: bool,
) -> None:
    await keep_newer(
        session,
        ApiKeyCopy,
        id=key_id,
        version=version,
        user_id=user_id,
        scopes=scopes,
        expires_at=expires_at,
        deleted=deleted,
    )


async def get_user(session: AsyncSession, user_id: UUID) -> UserCopy | None:
    statement = select(UserCopy).where(UserCopy.org_id == org_of(session), UserCopy.id == user_id)
    return (await session.execute(statement, execution_options={"populate_existing": True})).scalar_one_or_none()


async def find_maker(session: AsyncSession, actor: str) -> tuple[ApiKeyCopy | None, UserCopy | None]:
    """What is known of the key, where it is one, and of the person (behind it)."""
    mine = ApiKeyCopy.org_id == org_of(session)
    found = await session.execute(select(ApiKeyCopy).where(mine, "key:" + cast(ApiKeyCopy.id, Text) == actor))
    key = found.scalar_one_or_none()
    person = UserCopy.id == key.user_id if key else "user:" + cast(UserCopy.id, Text) == actor
    user = await session.execute(select(UserCopy).where(UserCopy.org_id == org_of(session), person))
    return key, user.scalar_one_or_none()


async def list_keys_of(session: AsyncSession, user_id: UUID) -> Sequence[UUID]:
    statement = select(ApiKeyCopy.id).where(ApiKeyCopy.org_id == org_of(session), ApiKeyCopy.user_id == user_id)
    return (await session.execute(statement)).scalars().all()


async def lock_webhooks_without_maker(session: AsyncSession, *, at: datetime) -> Sequence[Webhook]:
    """Enabled ones whose key is deleted or has run out by then, or whose person is not active."""
    aimed_by = func.coalesce(Webhook.aimed_by, Webhook.created_by)
    key = (ApiKeyCopy.org_id == Webhook.org_id) & ("key:" + cast(ApiKeyCopy.id, Text) == aimed_by)
    person = (UserCopy.id == ApiKeyCopy.user_id) | ("user:" + cast(UserCopy.id, Text) == aimed_by)
    statement = (
        select(Webhook)
        .outerjoin(ApiKeyCopy, key)
        .outerjoin(UserCopy, (UserCopy.org_id == Webhook.org_id) & person)
        .where(
            Webhook.org_id == org_of(session),
            Webhook.enabled,
            or_(ApiKeyCopy.deleted, ApiKeyCopy.expires_at <= at, UserCopy.active.is_(False)),
        )
        .order_by(Webhook.id)
        .with_for_update(key_share=True, of=Webhook)
    )
    return (await session.execute(statement)).scalars().all()


async def lock_webhooks_of(session: AsyncSession, makers: Sequence[str]) -> Sequence[Webhook]:
    """Enabled ones that were aimed by one of these last."""
    statement = (
        select(Webhook)
        .where(
            Webhook.org_id == org_of(session),
            Webhook.enabled,
            func.coalesce(Webhook.aimed_by, Webhook.created_by).in_(makers),
        )
        .order_by(Webhook.id)
        .with_for_update(key_share=True)
    )
    return (await session.execute(statement)).scalars().all()
