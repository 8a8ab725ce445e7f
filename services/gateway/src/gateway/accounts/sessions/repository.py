"""Every SQL statement over sessions and devices."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.accounts.models import KnownDevice, LoginSession
from shared.db.tenancy import look_up, org_of


async def add_session(session: AsyncSession, row: LoginSession) -> None:
    session.add(row)
    await session.flush()


async def find_session(session: AsyncSession, token_hash: str) -> LoginSession | None:
    """Of whichever organisation."""
    await look_up(session, token_hash)
    statement = select(LoginSession).where(LoginSession.token_hash == token_hash)
    return (await session.execute(statement)).scalar_one_or_none()


async def touch_session(session: AsyncSession, token_hash: str, seen_at: datetime) -> None:
    await session.execute(
        update(LoginSession)
        .where(LoginSession.org_id == org_of(session), LoginSession.token_hash == token_hash)
        .values(seen_at=seen_at)
    )


async def confirm_session(session: AsyncSession, token_hash: str, at: datetime) -> bool:
    """Whether it is still there."""
    mine = (LoginSession.org_id == org_of(session)) & (LoginSession.token_hash == token_hash)
    statement = update(LoginSession).where(mine).values(confirmed_at=at).returning(LoginSession.token_hash)
    return (await session.execute(statement)).first() is not None


async def end_session(session: AsyncSession, token_hash: str) -> UUID | None:
    """Whose it was; None where somebody else ended it."""
    mine = (LoginSession.org_id == org_of(session)) & (LoginSession.token_hash == token_hash)
    statement = delete(LoginSession).where(mine).returning(LoginSession.user_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def end_sessions_of(session: AsyncSession, user_id: UUID, *, expired_at: datetime | None = None) -> int:
    """All of them, or those that are over at `expired_at`: how many."""
    statement = delete(LoginSession).where(LoginSession.org_id == org_of(session), LoginSession.user_id == user_id)
    if expired_at:
        statement = statement.where(LoginSession.expires_at <= expired_at)
    return len((await session.execute(statement.returning(LoginSession.token_hash))).all())


async def find_device_users(session: AsyncSession, token_hash: str) -> set[UUID]:
    """Who was logged in there before, of whichever organisation."""
    await look_up(session, token_hash)
    return set(
        (await session.execute(select(KnownDevice.user_id).where(KnownDevice.token_hash == token_hash))).scalars()
    )


async def has_devices(session: AsyncSession, user_id: UUID) -> bool:
    mine = (KnownDevice.org_id == org_of(session)) & (KnownDevice.user_id == user_id)
    return bool((await session.execute(select(exists().where(mine)))).scalar_one())


async def keep_device(session: AsyncSession, user_id: UUID, token_hash: str, at: datetime) -> bool:
    """Whether it is a new one."""
    mine = {"org_id": org_of(session), "user_id": user_id, "token_hash": token_hash}
    statement = insert(KnownDevice).values(**mine, created_at=at, seen_at=at)
    seen = statement.on_conflict_do_update(index_elements=list(mine), set_={"seen_at": at})
    return (await session.execute(seen.returning(KnownDevice.created_at))).scalar_one() == at


async def forget_oldest_devices(session: AsyncSession, user_id: UUID, *, but: int) -> None:
    """All that were not among the last ones to be seen."""
    mine = (KnownDevice.org_id == org_of(session)) & (KnownDevice.user_id == user_id)
    latest = select(KnownDevice.token_hash).where(mine).order_by(KnownDevice.seen_at.desc(), KnownDevice.token_hash)
    await session.execute(delete(KnownDevice).where(mine, KnownDevice.token_hash.in_(latest.offset(but))))


async def forget_devices(
    session: AsyncSession, user_id: UUID, *, but: str | None = None, unseen_since: datetime | None = None
) -> None:
    """All of the user's, but one; or those that were not seen since then."""
    statement = delete(KnownDevice).where(KnownDevice.org_id == org_of(session), KnownDevice.user_id == user_id)
    if but:
        statement = statement.where(KnownDevice.token_hash != but)
    if unseen_since:
        statement = statement.where(KnownDevice.seen_at < unseen_since)
    await session.execute(statement)
