"""Every SQL statement over wishes for a new password."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.models import Contact, PasswordReset, ResetLogin
from shared.clock import utc_now
from shared.db.tenancy import look_up, org_of


async def replace_reset(session: AsyncSession, reset: PasswordReset, contact_ids: Collection[UUID]) -> None:
    """In the place of those that this e-mail had before."""
    await session.execute(
        delete(PasswordReset).where(PasswordReset.org_id == org_of(session), PasswordReset.email == reset.email)
    )
    session.add(reset)
    await session.flush()
    session.add_all(
        ResetLogin(org_id=reset.org_id, reset_id=reset.id, contact_id=contact_id, email=reset.email)
        for contact_id in contact_ids
    )
    await session.flush()


async def lock_reset(session: AsyncSession, reset_id: UUID) -> PasswordReset | None:
    """While it lasts, and a login is left of those it is about."""
    statement = (
        select(PasswordReset)
        .where(
            PasswordReset.org_id == org_of(session),
            PasswordReset.id == reset_id,
            PasswordReset.expires_at > utc_now(),
            exists().where(ResetLogin.org_id == PasswordReset.org_id, ResetLogin.reset_id == PasswordReset.id),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def find_reset(session: AsyncSession, token_hash: str) -> PasswordReset | None:
    """Of whichever organisation, while it lasts."""
    await look_up(session, token_hash)
    statement = select(PasswordReset).where(
        PasswordReset.token_hash == token_hash, PasswordReset.expires_at > utc_now()
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def list_contacts(session: AsyncSession, reset_id: UUID) -> Sequence[Contact]:
    """Whose passwords it may set, by name."""
    statement = (
        select(Contact)
        .join(
            ResetLogin,
            (ResetLogin.org_id == Contact.org_id)
            & (ResetLogin.contact_id == Contact.contact_id)
            & (ResetLogin.reset_id == reset_id),
        )
        .where(Contact.org_id == org_of(session))
        .order_by(Contact.name, Contact.contact_id)
    )
    return (await session.execute(statement)).scalars().all()


async def save_reset(session: AsyncSession, reset: PasswordReset) -> None:
    session.add(reset)
    await session.flush()


async def remove_reset(session: AsyncSession, reset: PasswordReset) -> None:
    await session.execute(
        delete(PasswordReset).where(PasswordReset.org_id == reset.org_id, PasswordReset.id == reset.id)
    )


async def remove_logins(session: AsyncSession, contact_id: UUID) -> None:
    await session.execute(
        delete(ResetLogin).where(ResetLogin.org_id == org_of(session), ResetLogin.contact_id == contact_id)
    )
