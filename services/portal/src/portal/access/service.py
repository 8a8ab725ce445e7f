"""What staff allow a contact, and the password, whoever changes it. Passwords arrive here already hashed."""

from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from portal.access import events, repository
from portal.access.schemas import AccessIn
from portal.client import ClientScope
from portal.errors import CatalogueClosed, NotLoggedIn, WrongPassword
from portal.logins import service as logins
from portal.models import Access, Login
from portal.notices import service as notices
from portal.replicas import service as replicas
from portal.resets import service as resets
from portal.sessions import service as sessions
from shared.addresses import comparable
from shared.db.reading import JsonReader
from shared.db.tenancy import Scope, enter, scope_of
from shared.errors import FieldError, Invalid, Unavailable
from shared.service_client import ServiceClient
from shared.versions import Expected, check_version


async def get_access(session: AsyncSession, contact_id: UUID, *, asker: ServiceClient) -> Access:
    """Everything closed, at version 0, until staff say something. Raises ContactNotFound, Unavailable."""
    await replicas.demand_contact(session, contact_id, asker)
    found = await repository.get_access(session, contact_id)
    return found or Access(**repository.untouched(session, contact_id))


async def change_access(
    session: AsyncSession, contact_id: UUID, given: AccessIn, *, expected: Expected, asker: ServiceClient
) -> Access:
    """What is there already changes nothing and says nothing. Raises ContactNotFound, StaleVersion, Unavailable."""
    await _know_contact(session, contact_id, asker)
    access = await repository.lock_access(session, contact_id)
    check_version(expected, access.version)
    wanted = {**given.model_dump(), "payment_methods": list(dict.fromkeys(given.payment_methods))}
    changed = access.change(wanted)
    if changed:
        await _save(session, access, changed)
    return access


async def set_emails(
    session: AsyncSession, contact_id: UUID, emails: list[str], *, expected: Expected, asker: ServiceClient
) -> Access:
    """Let these e-mails of the contact in, and no others: who loses its own loses its sessions.

    Raises ContactNotFound, StaleVersion, Unavailable, Invalid for an e-mail that is not the contact's.
    """
    await replicas.demand_contact(session, contact_id, asker)
    access = await repository.lock_access(session, contact_id)
    check_version(expected, access.version)
    wanted = list(dict.fromkeys(comparable(email) for email in emails))
    known = await replicas.list_emails(session, contact_id)
    if not set(wanted) <= set(known):
        await replicas.ask_contact(session, contact_id, asker)
        known = await replicas.list_emails(session, contact_id)
    _demand_own(wanted, known)
    if access.emails is None or set(access.emails) != set(wanted):
        told = [*(access.emails or []), *wanted]
        await _save(session, access, access.change({"emails": wanted}))
        await notices.tell(session, contact_id, "portal_emails_changed", told)
    return access


async def list_password_emails(session: AsyncSession, contact_id: UUID, *, asker: ServiceClient) -> list[str]:
    """For whose salts a password is to be hashed: all of the contact's. Raises ContactNotFound, Unavailable."""
    await _know_contact(session, contact_id, asker)
    return await replicas.list_emails(session, contact_id)


async def set_password(
    session: AsyncSession, contact_id: UUID, hashes: list[str], *, expected: Expected, asker: ServiceClient
) -> Access:
    """Staff give the client a password, or (without hashes) take it away: either ends the client's sessions.

    Raises ContactNotFound, StaleVersion, Unavailable.
    """
    await replicas.demand_contact(session, contact_id, asker)
    access = await repository.lock_access(session, contact_id)
    check_version(expected, access.version)
    if hashes or access.has_password:
        await _replace_password(session, access, hashes)
        await sessions.end_sessions_of(session, contact_id)
    return access


async def read_password(client: ClientScope) -> tuple[str, list[str]]:
    """The hash that the client's present password must fit, and all e-mails that have this password.

    Raises NotLoggedIn when it was just taken away.
    """
    known = await sessions.read_own_login(client)
    access = await repository.get_client_access(client)
    if access is None or not known:
        raise NotLoggedIn()
    return known, access.emails or []


async def change_own_password(client: ClientScope, hashes: list[str], *, known: str) -> None:
    """Raises WrongPassword when it was changed since `known` was checked. The sessions are the caller's to renew."""
    access = await repository.lock_access(client.session, client.contact_id)
    if await sessions.read_own_login(client) != known:
        raise WrongPassword()
    await _replace_password(client.session, access, hashes)


async def replace_forgotten_password(session: AsyncSession, contact_id: UUID, hashes: list[str], *, email: str) -> None:
    """By whoever got the mail at `email`. Ends every session of the contact. The link is the caller's to use up."""
    await enter(session, replace(scope_of(session), actor=sessions.actor_of(contact_id), actor_name=email))
    access = await repository.lock_access(session, contact_id)
    await _replace_password(session, access, hashes)
    await sessions.end_sessions_of(session, contact_id)


async def rehash_password(session: AsyncSession, login: Login, new_hash: str) -> None:
    """The same password at today's costs, or under its e-mail's salt: nobody else needs to know."""
    access = await repository.lock_access(session, login.contact_id)
    if login.password_hash in access.password_hashes:
        kept = [known for known in access.password_hashes if known != login.password_hash]
        access.password_hashes = [new_hash, *kept]
        await repository.save_access(session, access)
        await logins.refresh_logins(session, access)


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


async def _know_contact(session: AsyncSession, contact_id: UUID, asker: ServiceClient) -> None:
    """As it is now, before its portal is first opened to the e-mails it has. Raises ContactNotFound, Unavailable."""
    access = await repository.get_access(session, contact_id)
    if access is None or access.emails is None:
        with suppress(Unavailable):  # then what is known here is what there is
            await replicas.ask_contact(session, contact_id, asker)
    await replicas.demand_contact(session, contact_id, asker)


async def _replace_password(session: AsyncSession, access: Access, hashes: list[str]) -> None:
    changed = {"password"} if access.has_password == bool(hashes) else {"password", "has_password"}
    access.password_hashes = hashes
    access.bump()
    await _save(session, access, changed)
    await resets.void_resets(session, access.contact_id)
    await notices.tell(session, access.contact_id, "portal_password_changed", access.emails or [])


async def _save(session: AsyncSession, access: Access, changed: set[str]) -> None:
    if await logins.refresh_logins(session, access):
        changed = changed | {"emails"}
    await repository.save_access(session, access)
    await events.record_access(session, access, changed=changed)


def _demand_own(wanted: list[str], known: list[str]) -> None:
    """Raises Invalid."""
    wrong = [
        FieldError(f"emails.{place}", "email_not_of_contact", "The contact has no such e-mail.")
        for place, email in enumerate(wanted)
        if email not in known
    ]
    if wrong:
        raise Invalid("Only e-mails of the contact open its portal.", errors=wrong)
