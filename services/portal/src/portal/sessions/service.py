"""What clients do at the door: log in, out, change their password. Passwords arrive here already hashed."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from portal.choices import repository as choices
from portal.client import ClientScope
from portal.devices import service as devices
from portal.errors import LoginFailed
from portal.logins import repository as logins
from portal.models import ClientSession, Login, Preview
from portal.sessions import repository
from portal.tokens import hash_of, new_token
from shared.clock import DEFAULT_ZONE, day_in, utc_now
from shared.db.tenancy import enter, org_of, scope_of
from shared.passwords import throttle
from shared.passwords.throttle import Attempt, Taken

SESSION_LIFE = timedelta(hours=12)


def actor_of(contact_id: UUID) -> str:
    return f"client:{contact_id}"


async def take_attempt(session: AsyncSession, attempt: Attempt) -> Taken:
    """Call it, and commit, before the password is looked at. Wants the scope of STRANGERS."""
    return await throttle.take_attempt(session, attempt)


async def take_mail(session: AsyncSession, email: str) -> bool:
    """Whether one more mail may go there, whoever asks for it. Wants the scope of STRANGERS."""
    return await throttle.take(session, throttle.mails_to(email))


async def forgive_attempt(session: AsyncSession, taken: Taken) -> None:
    """It was the right password. Wants the scope of STRANGERS."""
    await throttle.forgive_attempt(session, taken)


async def open_session(session: AsyncSession, login: Login, *, device: str) -> tuple[ClientScope, str]:
    """A new session, and its token. Raises LoginFailed when the password was changed, or the portal closed, since
    it was checked.
    """
    if await logins.hold_login(session, login) != login.password_hash:
        raise LoginFailed()
    await devices.note_device(session, login.contact_id, login.email, device)
    return await start_session(session, login.contact_id, email=login.email)


async def start_session(
    session: AsyncSession,
    contact_id: UUID,
    *,
    email: str,
    choices_hash: str | None = None,
    expires_at: datetime | None = None,
) -> tuple[ClientScope, str]:
    """It and its token; with what else its login may choose, until when."""
    token, now = new_token(), utc_now()
    await repository.end_expired_sessions(session, contact_id)
    started = ClientSession(
        org_id=org_of(session),
        token_hash=hash_of(token),
        contact_id=contact_id,
        email=email,
        actor=actor_of(contact_id),
        actor_name=email,
        read_only=False,
        created_at=now,
        expires_at=expires_at or now + SESSION_LIFE,
        choices_hash=choices_hash,
    )
    await repository.add_session(session, started)
    return await _hold_to(session, started), token


async def start_preview(session: AsyncSession, preview: Preview) -> str:
    """The token of a session that belongs to staff, sees one contact and writes nothing."""
    token = new_token()
    started = ClientSession(
        org_id=preview.org_id,
        token_hash=hash_of(token),
        contact_id=preview.contact_id,
        email=None,
        actor=preview.actor,
        actor_name=preview.actor_name,
        read_only=True,
        created_at=utc_now(),
        expires_at=preview.expires_at,
        choices_hash=None,
    )
    await repository.end_expired_sessions(session, preview.contact_id)
    await repository.add_session(session, started)
    return token


async def recognise(session: AsyncSession, token_hash: str) -> ClientScope | None:
    """Whose session it is, while it lasts; the transaction is held to that client from here on.

    Wants a scope of no organisation.
    """
    found = await repository.find_session(session, token_hash)
    if found is None:
        return None
    scope = replace(scope_of(session), org_id=found.org_id, actor=found.actor, actor_name=found.actor_name)
    await enter(session, scope)
    return await _hold_to(session, found)


async def may_switch(client: ClientScope) -> bool:
    """Whether its login opened other portals too."""
    return (await repository.get_own_session(client)).choices_hash is not None


async def read_own_login(client: ClientScope) -> str | None:
    """The password hash behind this session; None when its login is gone."""
    own = await repository.get_own_session(client)
    return (await logins.read_logins(client.session, client.contact_id)).get(own.email or "")


async def renew_session(client: ClientScope, *, device: str) -> tuple[str, datetime]:
    """After a change of password every session of the client is over, and this one begins anew: its token and end."""
    own = await repository.get_own_session(client)
    await end_sessions_of(client.session, client.contact_id, but_choices=own.choices_hash)
    assert own.email
    await devices.note_device(client.session, client.contact_id, own.email, device)
    ends = own.expires_at if own.choices_hash else utc_now() + SESSION_LIFE
    _, token = await start_session(
        client.session, client.contact_id, email=own.email, choices_hash=own.choices_hash, expires_at=ends
    )
    return token, ends


async def end_sessions_of(session: AsyncSession, contact_id: UUID, *, but_choices: str | None = None) -> None:
    """Everywhere, and what might still be chosen elsewhere; and no device of the client is known any more."""
    await repository.end_sessions(session, contact_id)
    await choices.end_choices_of(session, contact_id, but=but_choices)
    await devices.forget_devices_of(session, contact_id)


async def _hold_to(session: AsyncSession, found: ClientSession) -> ClientScope:
    zone = await repository.hold_to_client(session, found.contact_id, read_only=found.read_only)
    return ClientScope(
        session,
        found.org_id,
        found.contact_id,
        found.token_hash,
        read_only=found.read_only,
        today=day_in(zone or DEFAULT_ZONE),
    )
