"""Every SQL statement over our copies of contacts, users and the organisation."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm.models import ContactCopy, Organization, UserCopy
from shared.db.tenancy import org_of


async def get_contact(session: AsyncSession, contact_id: UUID) -> ContactCopy | None:
    """Deleted ones too, as the row is now, whatever this session read before."""
    statement = select(ContactCopy).where(ContactCopy.org_id == org_of(session), ContactCopy.id == contact_id)
    return (await session.execute(statement, execution_options={"populate_existing": True})).scalar_one_or_none()


async def apply_contact(
    session: AsyncSession, contact_id: UUID, *, version: int, kind: str, name: str, deleted: bool
) -> None:
    """Keep the newer version."""
    statement = insert(ContactCopy).values(
        org_id=org_of(session), id=contact_id, version=version, kind=kind, name=name, deleted=deleted
    )
    new = statement.excluded
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["org_id", "id"],
            set_={"version": new.version, "kind": new.kind, "name": new.name, "deleted": new.deleted},
            where=new.version > ContactCopy.version,
        )
    )


async def find_user_name(session: AsyncSession, user_id: UUID) -> str | None:
    statement = select(UserCopy.name).where(UserCopy.org_id == org_of(session), UserCopy.id == user_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def apply_user(session: AsyncSession, user_id: UUID, *, version: int, name: str) -> None:
    """Keep the newer version."""
    statement = insert(UserCopy).values(org_id=org_of(session), id=user_id, version=version, name=name)
    new = statement.excluded
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["org_id", "id"],
            set_={"version": new.version, "name": new.name},
            where=new.version > UserCopy.version,
        )
    )


async def apply_organization(session: AsyncSession, *, version: int, currency: str) -> None:
    """Keep the newer version."""
    statement = insert(Organization).values(org_id=org_of(session), version=version, currency=currency)
    new = statement.excluded
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["org_id"],
            set_={"version": new.version, "currency": new.currency},
            where=new.version > Organization.version,
        )
    )
