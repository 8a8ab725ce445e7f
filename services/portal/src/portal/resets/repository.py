"""Every SQL statement over wishes for a new password."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from portal.models import PasswordReset
from shared.clock import utc_now
from shared.db.tenancy import look_up, org_of


async def replace_reset(session: AsyncSession, values: dict[str, Any]) -> PasswordReset:
    """In the place of the one that this login had before."""
    statement = insert(PasswordReset).values(org_id=org_of(session), token_hash=None, **values)
    renewed = {name: statement.excluded[name] for name in ("id", "token_hash", "expires_at")}
    keys = ["org_id", "contact_id", "email"]
    returned = statement.on_conflict_do_update(index_elements=keys, set_=renewed).returning(PasswordReset)
    return (await session.execute(returned)).scalar_one()


async def lock_reset(session: AsyncSession, reset_id: UUID) -> PasswordReset | None:
    """While it lasts."""
    statement = (
        select(PasswordReset)
        .where(
            PasswordReset.org_id == org_of(session), PasswordReset.id == reset_id, PasswordReset.expires_at > utc_now()
        )
        .with_for_update()
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def find_reset(session: AsyncSession, token_hash: str) -> PasswordReset | None:
    """Of whichever organisation, while it lasts."""
    await look_up(session, token_hash)
    statement = select(PasswordReset).where(
        PasswordReset.token_hash == token_hash, PasswordReset.expires_at > utc_now()
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def save_reset(session: AsyncSession, reset: PasswordReset) -> None:
    session.add(reset)
    await session.flush()


async def remove_resets(session: AsyncSession, contact_id: UUID) -> None:
    await session.execute(
        delete(PasswordReset).where(PasswordReset.org_id == org_of(session), PasswordReset.contact_id == contact_id)
    )
