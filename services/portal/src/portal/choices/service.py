"""What one e-mail and password opened: several portals, perhaps of several companies. The token that offers them is the
browser's until one is chosen; the session that follows remembers them, so that another may be chosen without a login.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from portal.choices import repository
from portal.client import ClientScope
from portal.devices import service as devices
from portal.errors import ChoiceNotOffered, LoginFailed, NotLoggedIn
from portal.logins import repository as logins
from portal.models import ClientChoice, Contact, Login, Organization
from portal.replicas import repository as replicas
from portal.sessions import repository as sessions
from portal.sessions.service import SESSION_LIFE, start_session
from portal.tokens import hash_of, new_token
from shared.clock import utc_now
from shared.db.tenancy import Scope, enter, org_of, scope_of


@dataclass(frozen=True, slots=True)
class Choice:
    """A portal to choose: whose, and of which company."""

    contact: Contact
    organization: Organization | None


@dataclass(frozen=True, slots=True)
class Offer:
    """`chosen`: the contact whose portal is open now."""

    choices: list[Choice]
    chosen: UUID | None


async def offer(session: AsyncSession, found: Sequence[Login]) -> tuple[str, Offer]:
    """The token to choose with, and what there is. Wants a scope of no organisation.

    Raises LoginFailed when all were closed, or their passwords changed, since they were checked.
    """
    token, expires_at = new_token(), utc_now() + SESSION_LIFE
    offered = 0
    for login in found:
        await enter(session, replace(scope_of(session), org_id=login.org_id))
        if await logins.hold_login(session, login) == login.password_hash:
            await add_choice(session, login.contact_id, login.email, choices_hash=hash_of(token), expires_at=expires_at)
            offered += 1
    if not offered:
        raise LoginFailed()
    return token, await _describe(session, await repository.find_choices(session, hash_of(token)), chosen=None)


async def add_choice(
    session: AsyncSession, contact_id: UUID, email: str, *, choices_hash: str, expires_at: datetime
) -> None:
    await repository.end_expired_choices(session, contact_id)
    choice = ClientChoice(
        org_id=org_of(session), choices_hash=choices_hash, contact_id=contact_id, email=email, expires_at=expires_at
    )
    await repository.add_choice(session, choice)


async def read_offer(session: AsyncSession, token_hash: str) -> Offer:
    """Of a browser that has chosen or not. Wants a scope of no organisation. Raises NotLoggedIn."""
    found = await sessions.find_session(session, token_hash)
    choices = await _choices(session, token_hash)
    if found is None and not choices:
        raise NotLoggedIn()
    if found is None or choices:
        return await _describe(session, choices, chosen=found.contact_id if found else None)
    await enter(session, _scope_in(session, found.org_id))
    contact = await replicas.get_contact(session, found.contact_id)
    assert contact
    return Offer([Choice(contact, await replicas.get_organization(session))], found.contact_id)


async def choose(
    session: AsyncSession, token_hash: str, contact_id: UUID, *, device: str
) -> tuple[ClientScope, str, datetime]:
    """The session that begins, its token and its end; the one before is over. Wants a scope of no organisation.

    Raises ChoiceNotOffered, NotLoggedIn.
    """
    before = await sessions.find_session(session, token_hash)
    choices = await _choices(session, token_hash)
    if before is None and not choices:
        raise NotLoggedIn()
    choice = next((choice for choice in choices if choice.contact_id == contact_id), None)
    if choice is None:
        raise ChoiceNotOffered()
    if before is not None:
        await enter(session, _scope_in(session, before.org_id))
        await sessions.end_session(session, token_hash)
    await enter(session, _scope_in(session, choice.org_id))
    await devices.note_device(session, choice.contact_id, choice.email, device)
    client, token = await start_session(
        session, choice.contact_id, email=choice.email, choices_hash=choice.choices_hash, expires_at=choice.expires_at
    )
    return client, token, choice.expires_at


async def is_open(session: AsyncSession, token_hash: str) -> bool:
    """Whether there is something to choose from. Wants a scope of no organisation."""
    return bool(await _choices(session, token_hash))


async def list_names(session: AsyncSession, token_hash: str) -> list[str]:
    """Of those who may be chosen. Wants a scope of no organisation."""
    offered = await _describe(session, await _choices(session, token_hash), chosen=None)
    return [choice.contact.name for choice in offered.choices]


async def end(session: AsyncSession, token_hash: str) -> None:
    """The session, and what else it could choose; also when there is none. Wants a scope of no organisation."""
    found = await sessions.find_session(session, token_hash)
    for choice in await _choices(session, token_hash):
        await enter(session, _scope_in(session, choice.org_id))
        await repository.end_choices(session, choice.choices_hash)
    if found is not None:
        await enter(session, _scope_in(session, found.org_id))
        await sessions.end_session(session, token_hash)


async def _choices(session: AsyncSession, token_hash: str) -> Sequence[ClientChoice]:
    found = await sessions.find_session(session, token_hash)
    return await repository.find_choices(session, (found and found.choices_hash) or token_hash)


async def _describe(session: AsyncSession, choices: Sequence[ClientChoice], *, chosen: UUID | None) -> Offer:
    described = []
    for choice in choices:
        await enter(session, _scope_in(session, choice.org_id))
        contact = await replicas.get_contact(session, choice.contact_id)
        if contact is not None:
            described.append(Choice(contact, await replicas.get_organization(session)))
    return Offer(described, chosen)


def _scope_in(session: AsyncSession, org_id: UUID) -> Scope:
    return replace(scope_of(session), org_id=org_id)
