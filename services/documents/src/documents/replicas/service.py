"""Keeping and reading our copies of both ends of a document."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from documents.errors import ContactDeleted, ContactNotFound, OrganizationUnknown
from documents.replicas import repository
from shared.clock import DEFAULT_ZONE, day_in
from shared.db.tenancy import scope_of
from shared.events.contacts import ContactState, PersonLinkState
from shared.events.gateway import OrganizationState
from shared.service_client import ServiceClient

HOME_CURRENCY = "EUR"
HOME_LANGUAGE = "es"


@dataclass(frozen=True, slots=True)
class Home:
    """What a document takes from the organisation when neither it nor the contact says otherwise."""

    currency: str = HOME_CURRENCY
    language: str = HOME_LANGUAGE
    time_zone: str = DEFAULT_ZONE

    @property
    def today(self) -> date:
        """The organisation's, wherever its server or its browsers are."""
        return day_in(self.time_zone)


async def require_contact(session: AsyncSession, contact_id: UUID, asker: ServiceClient | None = None) -> ContactState:
    """A contact that documents can be made for; contacts is asked when its event may still be on the way.

    Raises ContactNotFound, ContactDeleted, Unavailable.
    """
    contact = await find_contact(session, contact_id, asker)
    if contact is None:
        raise ContactNotFound()
    if contact.deleted:
        raise ContactDeleted()
    return contact


async def find_contact(
    session: AsyncSession, contact_id: UUID, asker: ServiceClient | None = None
) -> ContactState | None:
    """Deleted ones too, unless contacts says that it was restored. Raises Unavailable."""
    copy = await repository.get_contact(session, contact_id)
    known = ContactState.model_validate(copy.state) if copy else None
    if known is not None and not known.deleted:
        return known
    answer = await asker.get_json(f"/api/v1/contacts/{contact_id}", scope_of(session)) if asker else None
    if answer is None:
        return known
    contact = ContactState.model_validate(answer)
    await remember_contact(session, contact, version=answer["version"])
    return contact


async def list_copied_people(session: AsyncSession, company_id: UUID) -> list[ContactState]:
    people = await repository.list_copied_people(session, company_id)
    return [ContactState.model_validate(person.state) for person in people]


async def require_organization(session: AsyncSession) -> OrganizationState:
    """Raises OrganizationUnknown."""
    organization = await repository.get_organization(session)
    if organization is None:
        raise OrganizationUnknown()
    return OrganizationState.model_validate(organization.state)


async def get_home(session: AsyncSession) -> Home:
    organization = await repository.get_organization(session)
    if organization is None:
        return Home()
    state = OrganizationState.model_validate(organization.state)
    return Home(state.currency, state.language, state.time_zone)


async def get_today(session: AsyncSession) -> date:
    """The day it is for the organisation."""
    return (await get_home(session)).today


async def remember_contact(session: AsyncSession, contact: ContactState, *, version: int) -> None:
    await repository.apply_contact(session, contact, version=version)


async def remember_person_link(session: AsyncSession, link: PersonLinkState, *, version: int) -> None:
    await repository.apply_person_link(session, link, version=version)


async def remember_organization(session: AsyncSession, organization: OrganizationState, *, version: int) -> None:
    await repository.apply_organization(session, organization, version=version)
