"""Every SQL statement over our copies of contacts and the organisation."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.client import ClientScope
from portal.models import Contact, Organization
from portal.repository import belongs_to
from shared.db.tenancy import look_up, org_of
from shared.db.upserts import keep_newer
from shared.events.contacts import ContactState
from shared.events.gateway import OrganizationState


async def get_contact(session: AsyncSession, contact_id: UUID) -> Contact | None:
    """Deleted ones too."""
    statement = select(Contact).where(Contact.org_id == org_of(session), Contact.contact_id == contact_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def get_client_contact(client: ClientScope) -> Contact:
    return (await client.session.execute(select(Contact).where(belongs_to(client, Contact)))).scalar_one()


async def apply_contact(session: AsyncSession, contact: ContactState, *, version: int) -> bool:
    return await keep_newer(
        session,
        Contact,
        contact_id=contact.id,
        version=version,
        name=contact.name,
        language=contact.defaults.language,
        emails=contact.emails,
        deleted=contact.deleted,
    )


async def get_organization(session: AsyncSession) -> Organization | None:
    statement = select(Organization).where(Organization.org_id == org_of(session))
    return (await session.execute(statement)).scalar_one_or_none()


async def find_organization(session: AsyncSession, slug: str) -> Organization | None:
    """Of that name, whichever it is."""
    await look_up(session, slug)
    statement = select(Organization).where(Organization.slug == slug).limit(1)
    return (await session.execute(statement)).scalar_one_or_none()


async def apply_organization(session: AsyncSession, organization: OrganizationState, *, version: int) -> None:
    fields = {"name", "slug", "iban", "bic", "color", "logo", "language", "currency", "time_zone"}
    await keep_newer(session, Organization, version=version, **organization.model_dump(include=fields))
