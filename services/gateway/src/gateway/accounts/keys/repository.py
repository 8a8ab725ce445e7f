"""Every SQL statement over API keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.accounts.errors import KeyNotFound
from gateway.accounts.models import ApiKey, User
from shared.db.tenancy import look_up, org_of


async def add_key(session: AsyncSession, key: ApiKey) -> None:
    session.add(key)
    await session.flush()


async def find_key(session: AsyncSession, key_hash: str) -> ApiKey | None:
    """Of whichever organisation."""
    await look_up(session, key_hash)
    return (await session.execute(select(ApiKey).where(ApiKey.key_hash == key_hash))).scalar_one_or_none()


async def hold_key(session: AsyncSession, key_id: UUID) -> ApiKey | None:
    """Not deleted before this transaction ends."""
    statement = select(ApiKey).where(ApiKey.org_id == org_of(session), ApiKey.id == key_id)
    return (await session.execute(statement.with_for_update(key_share=True, read=True))).scalar_one_or_none()


async def find_person(session: AsyncSession, key: ApiKey) -> User | None:
    """Who stands behind it."""
    statement = select(User).where(User.org_id == org_of(session), User.id == key.user_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def touch_key(session: AsyncSession, key_id: UUID, used_at: datetime) -> None:
    await session.execute(
        update(ApiKey).where(ApiKey.org_id == org_of(session), ApiKey.id == key_id).values(last_used_at=used_at)
    )


async def list_keys(session: AsyncSession, *, after: UUID | None, limit: int) -> list[ApiKey]:
    """Newest first."""
    statement = select(ApiKey).where(ApiKey.org_id == org_of(session)).order_by(ApiKey.id.desc()).limit(limit)
    if after:
        statement = statement.where(ApiKey.id < after)
    return list((await session.execute(statement)).scalars())


async def remove_key(session: AsyncSession, key_id: UUID) -> list[ApiKey]:
    """And all that were made by it, or by one of these. Raises KeyNotFound."""
    mine = ApiKey.org_id == org_of(session)
    root = select(ApiKey.id).where(mine, ApiKey.id == key_id).cte("line", recursive=True)
    line = root.union(select(ApiKey.id).join(root, ApiKey.parent_id == root.c.id).where(mine))
    statement = delete(ApiKey).where(mine, ApiKey.id.in_(select(line.c.id))).returning(ApiKey)
    removed = list((await session.execute(statement)).scalars())
    if not removed:
        raise KeyNotFound()
    return removed
