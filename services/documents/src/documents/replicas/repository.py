"""Every SQL statement over our copies of contacts, people and the organisation."""

from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from documents.models import ContactCopy, Organization, PersonLinkCopy
from shared.db.tenancy import org_of
from shared.db.upserts import keep_newer
from shared.events.contacts import ContactState, PersonLinkState
from shared.events.gateway import OrganizationState

_MOST_PEOPLE = 200


async def get_contact(session: AsyncSession, contact_id: UUID) -> ContactCopy | None:
    """Deleted ones too."""
    statement = select(ContactCopy).where(ContactCopy.org_id == org_of(session), ContactCopy.id == contact_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def apply_contact(session: AsyncSession, contact: ContactState, *, version: int) -> None:
    state = contact.model_dump(mode="json")
    await keep_newer(session, ContactCopy, id=contact.id, version=version, deleted=contact.deleted, state=state)


async def apply_person_link(session: AsyncSession, link: PersonLinkState, *, version: int) -> None:
    """An unlinked one stays as a tombstone."""
    await keep_newer(session, PersonLinkCopy, version=version, **link.model_dump())


async def list_copied_people(session: AsyncSession, company_id: UUID) -> list[ContactCopy]:
    """The people of a company, not hidden, who get copies; oldest link first."""
    statement = (
        select(ContactCopy)
        .join(
            PersonLinkCopy,
            and_(PersonLinkCopy.org_id == ContactCopy.org_id, PersonLinkCopy.person_id == ContactCopy.id),
        )
        .where(
            PersonLinkCopy.org_id == org_of(session),
            PersonLinkCopy.company_id == company_id,
            PersonLinkCopy.send_copies,
            PersonLinkCopy.deleted.is_(False),
            ContactCopy.deleted.is_(False),
        )
        .order_by(PersonLinkCopy.id)
        .limit(_MOST_PEOPLE)
    )
    return list((await session.execute(statement)).scalars())


async def get_organization(session: AsyncSession) -> Organization | None:
    statement = select(Organization).where(Organization.org_id == org_of(session))
    return (await session.execute(statement)).scalar_one_or_none()


async def apply_organization(session: AsyncSession, organization: OrganizationState, *, version: int) -> None:
    state = organization.model_dump(mode="json")
    await keep_newer(session, Organization, version=version, currency=organization.currency, state=state)
