"""Every SQL statement over our copies of contacts, users and the organisation."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.models import ContactCopy, Organization, UserCopy
from shared.db.tenancy import org_of
from shared.db.upserts import keep_newer


async def get_contact(session: AsyncSession, contact_id: UUID) -> ContactCopy | None:
    """Deleted ones too, as the row is now, whatever this session read before."""
    statement = select(ContactCopy).where(ContactCopy.org_id == org_of(session), ContactCopy.id == contact_id)
    return (await session.execute(statement, execution_options={"populate_existing": True})).scalar_one_or_none()


async def apply_contact(
    session: AsyncSession, contact_id: UUID, *, version: int, kind: str, name: str, deleted: bool
) -> None:
    await keep_newer(session, ContactCopy, id=contact_id, version=version, kind=kind, name=name, deleted=deleted)


async def find_user_name(session: AsyncSession, user_id: UUID) -> str | None:
    statement = select(UserCopy.name).where(UserCopy.org_id == org_of(session), UserCopy.id == user_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def apply_user(session: AsyncSession, user_id: UUID, *, version: int, name: str) -> None:
    await keep_newer(session, UserCopy, id=user_id, version=version, name=name)


async def apply_organization(session: AsyncSession, *, version: int, currency: str) -> None:
    await keep_newer(session, Organization, version=version, currency=currency)
