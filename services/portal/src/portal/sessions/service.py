"""What clients do at the door: log in, out, change their password. Passwords arrive here already hashed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from portal.client import ClientScope
from portal.errors import LoginFailed
from portal.models import ClientSession, Login, Preview
from portal.sessions import repository
from portal.tokens import hash_of, new_token
from shared.addresses import comparable
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


async def find_logins(session: AsyncSession, email: str, *, organization: str | None) -> Sequence[Login]:
    """Open portals behind this e-mail, a few at most. Wants a scope of no organisation."""
    return await repository.find_logins(session, email, slug=organization)


async def open_session(session: AsyncSession, login: Login) -> tuple[ClientScope, str]:
    """A new session, and its token. Raises LoginFailed when the password was changed, or the portal closed, since
    it was checked.
    """
    if await repository.hold_login(session, login) != login.password_hash:
        raise LoginFailed()
    return await start_session(session, login.contact_id, email=login.email)


async def keep_login(session: AsyncSession, login: Login) -> bool:
    """Whether it is still there; it stays until the transaction ends."""
    return await repository.keep_login(session, login)


async def start_session(session: AsyncSession, contact_id: UUID, *, email: str) -> tuple[ClientScope, str]:
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
        expires_at=now + SESSION_LIFE,
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


async def end_session(session: AsyncSession, token_hash: str) -> None:
    """Also when there is none. Wants a scope of no organisation."""
    found = await repository.find_session(session, token_hash)
    if found is not None:
        await enter(session, replace(scope_of(session), org_id=found.org_id))
        await repository.end_session(session, token_hash)


async def renew_session(client: ClientScope) -> str:
    """After a change of password: every session of the client is over, and this one begins anew."""
    own = await repository.get_own_session(client)
    await repository.end_sessions(client.session, client.contact_id)
    assert own.email
    _, token = await start_session(client.session, client.contact_id, email=own.email)
    return token


async def end_sessions_of(session: AsyncSession, contact_id: UUID) -> None:
    await repository.end_sessions(session, contact_id)


async def refresh_logins(session: AsyncSession, contact_id: UUID) -> None:
    """Make the contact's logins what contact and access say together; sessions whose login is gone end.

    Call it after either has changed, in the same transaction.
    """
    await repository.hold_logins(session, contact_id)
    emails, password_hash = await repository.read_way_in(session, contact_id) or ([], "")
    wanted = sorted({comparable(email) for email in emails})
    await repository.set_logins(session, contact_id, wanted, password_hash)
    await repository.end_sessions_without_login(session, contact_id)


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
