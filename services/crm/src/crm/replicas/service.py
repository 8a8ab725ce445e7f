"""Keeping and reading our copies of contacts, users and the organisation."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm.errors import ContactNotFound
from crm.models import ContactCopy
from crm.replicas import repository
from shared.db.tenancy import scope_of
from shared.errors import invalid
from shared.service_client import ServiceClient


async def require_contact(session: AsyncSession, contact_id: UUID, contacts: ServiceClient) -> ContactCopy:
    """Contacts is asked when our copy is missing or deleted: the event that says otherwise may be on its way.

    Raises ContactNotFound, Unavailable.
    """
    contact = await repository.get_contact(session, contact_id)
    if contact is None or contact.deleted:
        answer = await contacts.get_json(f"/api/v1/contacts/{contact_id}", scope_of(session))
        if answer is None:
            raise ContactNotFound()
        await remember_contact(
            session,
            contact_id,
            version=answer["version"],
            kind=answer["kind"],
            name=answer["name"],
            deleted=False,
        )
        contact = await repository.get_contact(session, contact_id)
    if contact is None or contact.deleted:
        raise ContactNotFound()
    return contact


async def require_actor_name(session: AsyncSession, actor: str) -> str:
    """What people call the one who acts, or a colleague. Raises Invalid for a stranger."""
    scope = scope_of(session)
    if actor == scope.actor:
        return scope.actor_name
    kind, _, user_id = actor.partition(":")
    try:
        name = await repository.find_user_name(session, UUID(user_id)) if kind == "user" else None
    except ValueError:
        name = None
    if name is None:
        raise invalid("owner", "owner_unknown", f"{actor} is nobody of this organisation.")
    return name


async def remember_contact(
    session: AsyncSession, contact_id: UUID, *, version: int, kind: str, name: str, deleted: bool
) -> None:
    await repository.apply_contact(session, contact_id, version=version, kind=kind, name=name, deleted=deleted)


async def remember_user(session: AsyncSession, user_id: UUID, *, version: int, name: str) -> None:
    await repository.apply_user(session, user_id, version=version, name=name)


async def remember_organization(session: AsyncSession, *, version: int, currency: str) -> None:
    await repository.apply_organization(session, version=version, currency=currency)
