"""Every SQL statement over known devices."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from portal.models import KnownDevice
from shared.db.tenancy import look_up, org_of


async def is_known(session: AsyncSession, email: str, token_hash: str) -> bool:
    """In whichever organisation."""
    await look_up(session, token_hash)
    seen = exists().where(KnownDevice.token_hash == token_hash, KnownDevice.email == email)
    return bool((await session.execute(select(seen))).scalar_one())


async def has_devices(session: AsyncSession, contact_id: UUID, email: str) -> bool:
    return bool((await session.execute(select(exists().where(_of(session, contact_id, email))))).scalar_one())


async def keep_device(session: AsyncSession, contact_id: UUID, email: str, token_hash: str, at: datetime) -> bool:
    """Whether it is a new one."""
    key = {"org_id": org_of(session), "contact_id": contact_id, "email": email, "token_hash": token_hash}
    statement = insert(KnownDevice).values(**key, created_at=at, seen_at=at)
    seen = statement.on_conflict_do_update(index_elements=list(key), set_={"seen_at": at})
    return (await session.execute(seen.returning(KnownDevice.created_at))).scalar_one() == at


async def forget_devices(
    session: AsyncSession, contact_id: UUID, email: str, *, unseen_since: datetime, but: int
) -> None:
    """Those not seen since then, and all but so many that were seen last."""
    mine = _of(session, contact_id, email)
    last = select(KnownDevice.token_hash).where(mine).order_by(KnownDevice.seen_at.desc()).limit(but)
    old = or_(KnownDevice.seen_at < unseen_since, KnownDevice.token_hash.not_in(last))
    await session.execute(delete(KnownDevice).where(mine, old))


async def forget_devices_of(session: AsyncSession, contact_id: UUID) -> None:
    mine = (KnownDevice.org_id == org_of(session)) & (KnownDevice.contact_id == contact_id)
    await session.execute(delete(KnownDevice).where(mine))


def _of(session: AsyncSession, contact_id: UUID, email: str) -> ColumnElement[bool]:
    return (
        (KnownDevice.org_id == org_of(session)) & (KnownDevice.contact_id == contact_id) & (KnownDevice.email == email)
    )
