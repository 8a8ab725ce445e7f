"""Keeping and reading our copies of both ends."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from portal.client import ClientScope
from portal.errors import CompanyNotFound, ContactNotFound
from portal.logins import service as logins
from portal.models import Contact, Organization
from portal.replicas import repository
from shared.db.tenancy import scope_of
from shared.events.contacts import ContactState
from shared.events.gateway import OrganizationState
from shared.service_client import ServiceClient


async def demand_contact(session: AsyncSession, contact_id: UUID, asker: ServiceClient) -> None:
    """There is such a contact, not deleted; contacts is asked when its event may still be on the way.

    Raises ContactNotFound, Unavailable.
    """
    contact = await repository.get_contact(session, contact_id)
    if contact is not None and not contact.deleted:
        return
    if not await ask_contact(session, contact_id, asker):
        raise ContactNotFound()


async def ask_contact(session: AsyncSession, contact_id: UUID, asker: ServiceClient) -> bool:
    """Hear from contacts what its event may not have told yet. False when there is none. Raises Unavailable."""
    answer = await asker.get_json(f"/api/v1/contacts/{contact_id}", scope_of(session))
    if answer is None:
        return False
    await remember_contact(session, ContactState.model_validate(answer), version=answer["version"])
    return True


async def list_emails(session: AsyncSession, contact_id: UUID) -> list[str]:
    """As logins are called; none of a contact that is unknown or deleted."""
    contact = await repository.get_contact(session, contact_id)
    return logins.emails_of(contact) if contact and not contact.deleted else []


async def list_words(session: AsyncSession, contact_id: UUID) -> list[str]:
    """Names and addresses of both ends: what a password is not to be made of."""
    contact = await repository.get_contact(session, contact_id)
    organization = await repository.get_organization(session)
    of_contact = [contact.name, *contact.emails] if contact else []
    return [*of_contact, *([organization.name, organization.slug] if organization else [])]


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
        await logins.follow_contact(session, contact.id)


async def remember_organization(session: AsyncSession, organization: OrganizationState, *, version: int) -> None:
    await repository.apply_organization(session, organization, version=version)
