"""Keeping and reading our copies of both ends."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from portal.client import ClientScope
from portal.errors import CompanyNotFound, ContactNotFound
from portal.models import Contact, Organization
from portal.parties import repository
from portal.sessions import service as sessions
from shared.db.tenancy import scope_of
from shared.events.contacts import ContactState
from shared.events.gateway import OrganizationState
from shared.web.asking import Asker


async def demand_contact(session: AsyncSession, contact_id: UUID, asker: Asker) -> None:
    """There is such a contact, not deleted; contacts is asked when its event may still be on the way.

    Raises ContactNotFound, Unavailable.
    """
    contact = await repository.get_contact(session, contact_id)
    if contact is not None and not contact.deleted:
        return
    answer = await asker.get_json(f"/api/v1/contacts/{contact_id}", scope_of(session))
    if answer is None:
        raise ContactNotFound()
    await remember_contact(session, ContactState.model_validate(answer), version=answer["version"])


async def get_parties(client: ClientScope) -> tuple[Contact, Organization | None]:
    return await repository.get_client_contact(client), await repository.get_organization(client.session)


async def find_organization(session: AsyncSession, slug: str) -> Organization:
    """Wants a scope of no organisation. Raises CompanyNotFound."""
    organization = await repository.find_organization(session, slug)
    if organization is None:
        raise CompanyNotFound()
    return organization


async def find_parties(session: AsyncSession, contact_id: UUID) -> tuple[Contact, Organization] | None:
    """Both, once they are known here."""
    contact = await repository.get_contact(session, contact_id)
    organization = await repository.get_organization(session)
    return (contact, organization) if contact and organization else None


async def portal_url(session: AsyncSession, public_url: str, *, page: str = "") -> str:
    """What staff give to their client; it names the organisation."""
    organization = await repository.get_organization(session)
    return f"{public_url}/portal{page}" + (f"?org={organization.slug}" if organization else "")


async def remember_contact(session: AsyncSession, contact: ContactState, *, version: int) -> None:
    if await repository.apply_contact(session, contact, version=version):
        await sessions.refresh_logins(session, contact.id)


async def remember_organization(session: AsyncSession, organization: OrganizationState, *, version: int) -> None:
    await repository.apply_organization(session, organization, version=version)
