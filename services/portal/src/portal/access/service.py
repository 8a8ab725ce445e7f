"""What staff allow a contact, and the password, whoever changes it. Passwords arrive here already hashed."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from portal.access import events, repository
from portal.access.schemas import AccessIn
from portal.client import ClientScope
from portal.errors import CatalogueClosed, NotLoggedIn, WrongPassword
from portal.models import Access, PasswordReset
from portal.parties import service as parties
from portal.resets import service as resets
from portal.sessions import service as sessions
from shared.db.reading import JsonReader
from shared.db.tenancy import Scope
from shared.web.asking import Asker
from shared.web.versions import check_version


async def get_access(session: AsyncSession, contact_id: UUID, *, asker: Asker) -> Access:
    """Everything closed, at version 0, until staff say something. Raises ContactNotFound, Unavailable."""
    await parties.demand_contact(session, contact_id, asker)
    found = await repository.get_access(session, contact_id)
    return found or Access(**repository.untouched(session, contact_id))


async def change_access(
    session: AsyncSession, contact_id: UUID, given: AccessIn, *, expected: int | None, asker: Asker
) -> Access:
    """What is there already changes nothing and says nothing. Raises ContactNotFound, StaleVersion, Unavailable."""
    await parties.demand_contact(session, contact_id, asker)
    access = await repository.lock_access(session, contact_id)
    check_version(expected, access.version)
    wanted = {**given.model_dump(), "payment_methods": list(dict.fromkeys(given.payment_methods))}
    changed = {field for field, value in wanted.items() if getattr(access, field) != value}
    if changed:
        for field in changed:
            setattr(access, field, wanted[field])
        await _save(session, access, changed)
    return access


async def set_password(
    session: AsyncSession, contact_id: UUID, password_hash: str | None, *, expected: int | None, asker: Asker
) -> Access:
    """Staff give the client a password, or take it away: either ends the client's sessions.

    Raises ContactNotFound, StaleVersion, Unavailable.
    """
    await parties.demand_contact(session, contact_id, asker)
    access = await repository.lock_access(session, contact_id)
    check_version(expected, access.version)
    if password_hash is not None or access.has_password:
        await _replace_password(session, access, password_hash)
        await sessions.end_sessions_of(session, contact_id)
    return access


async def read_password(client: ClientScope) -> str:
    """The hash that the client's present password must fit. Raises NotLoggedIn when it was just taken away."""
    access = await repository.get_client_access(client)
    if access is None or access.password_hash is None:
        raise NotLoggedIn()
    return access.password_hash


async def change_own_password(client: ClientScope, password_hash: str, *, known: str) -> None:
    """Raises WrongPassword when it was changed since `known` was checked. The sessions are the caller's to renew."""
    access = await repository.lock_access(client.session, client.contact_id)
    if access.password_hash != known:
        raise WrongPassword()
    await _replace_password(client.session, access, password_hash)


async def replace_forgotten_password(session: AsyncSession, reset: PasswordReset, password_hash: str) -> None:
    """Uses the link up and ends every session. Raises ResetNotFound when it was used, or voided, a moment ago."""
    access = await repository.lock_access(session, reset.contact_id)
    await resets.demand_live(session, reset)
    await _replace_password(session, access, password_hash)
    await sessions.end_sessions_of(session, reset.contact_id)


async def rehash_password(session: AsyncSession, contact_id: UUID, password_hash: str) -> None:
    """The same password at today's costs: nobody else needs to know."""
    access = await repository.lock_access(session, contact_id)
    access.password_hash = password_hash
    await repository.save_access(session, access)
    await sessions.refresh_logins(session, contact_id)


async def demand_catalogue(client: ClientScope) -> None:
    """Raises CatalogueClosed."""
    access = await repository.get_client_access(client)
    if access is None or not access.catalogue:
        raise CatalogueClosed()


async def offered(client: ClientScope) -> tuple[list[str], bool]:
    """Ways of paying, and whether the catalogue is open."""
    access = await repository.get_client_access(client)
    return (access.payment_methods, access.catalogue) if access else ([], False)


async def read_panel_part(reader: JsonReader, scope: Scope, contact_id: UUID, *, public_url: str) -> bytes:
    return await repository.read_panel_part(reader, scope, contact_id, public_url=public_url)


async def _replace_password(session: AsyncSession, access: Access, password_hash: str | None) -> None:
    changed = {"password"} if access.has_password == (password_hash is not None) else {"password", "has_password"}
    access.password_hash = password_hash
    await _save(session, access, changed)
    await resets.void_resets(session, access.contact_id)


async def _save(session: AsyncSession, access: Access, changed: set[str]) -> None:
    access.bump()
    await repository.save_access(session, access)
    await sessions.refresh_logins(session, access.contact_id)
    await events.record_access(session, access, changed=changed)
