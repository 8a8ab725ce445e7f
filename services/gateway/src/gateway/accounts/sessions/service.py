"""What people do at the door: log in and out, change their password. Passwords arrive here already hashed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from gateway.accounts import events, scopes, tokens
from gateway.accounts import repository as accounts
from gateway.accounts.audit import service as audit
from gateway.accounts.audit.actions import Action, Reason, Subject
from gateway.accounts.errors import LoginFailed, NotLoggedIn
from gateway.accounts.models import LoginSession, User
from gateway.accounts.sessions import repository
from shared.clock import utc_now
from shared.db.tenancy import Scope, enter, scope_of
from shared.events.gateway import UserUpdated
from shared.passwords import throttle
from shared.passwords.throttle import STRANGERS, Attempt, Taken
from shared.web.identity import Identity

DEVICE_LIFE = timedelta(days=365)
"""After its last login."""
MOST_DEVICES = 50
"""Of one person. A browser that forgets its cookies at each login would add one each time."""
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Of a session: unused, and in all."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, slots=True)
class Known:
    """Whose credential it is, and when it ends by itself. `confirmed_at`: when the person last gave the password."""

    identity: Identity
    until: datetime | None
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Whose:
    """The account that is tried. An unknown e-mail is nobody's, and is not kept: it is a typing error, or a password in
    the wrong field.
    """

    org_id: UUID
    subject: Subject | None


async def find_login(session: AsyncSession, email: str, *, device: str | None) -> tuple[User | None, bool]:
    """Whoever has this e-mail, active or not; and whether the device was logged in to that account before.

    As many statements whether there is anybody or not. Wants a scope of no organisation.
    """
    users = await repository.find_device_users(session, device or "")
    known = await accounts.find_user_by_email(session, email)
    return known, known is not None and known.id in users


async def take_attempt(session: AsyncSession, attempt: Attempt) -> Taken:
    """Call it, and commit, before the password is looked at. Wants the scope of STRANGERS."""
    return await throttle.take_attempt(session, attempt)


async def forgive_attempt(session: AsyncSession, taken: Taken) -> None:
    """It was the right password. Wants the scope of STRANGERS."""
    await throttle.forgive_attempt(session, taken)


async def open_session(
    session: AsyncSession, known: User, *, device: str, lifetimes: Lifetimes, new_hash: str | None = None
) -> tuple[str, User]:
    """A new session's token. Raises LoginFailed when the password was changed, or the user, since it was checked."""
    user = await accounts.get_user(session, known.id, lock=True)
    if user is None or not user.active or user.password_hash != known.password_hash:
        raise LoginFailed()
    if new_hash:
        user.password_hash = new_hash
        await accounts.add(session, user)
    now = utc_now()
    before = await repository.has_devices(session, user.id)
    # The first one is no news to anybody.
    if await repository.keep_device(session, user.id, device, now) and before:
        await events.record_notice(session, "new_device", user, await accounts.get_organization(session))
    await repository.forget_devices(session, user.id, unseen_since=now - DEVICE_LIFE)
    await repository.forget_oldest_devices(session, user.id, but=MOST_DEVICES)
    await audit.record(session, "session.created", _subject(user))
    return await _start_session(session, user, lifetimes), user


def whose(known: User | None) -> Whose:
    return Whose(known.org_id, _subject(known)) if known else Whose(STRANGERS, None)


async def record_refusal(session: AsyncSession, action: Action, whose: Whose, *, reason: Reason) -> None:
    """Of a login or a confirmation. Wants that organisation."""
    await audit.record_refusal(session, action, whose.subject, reason=reason)


async def change_password(
    session: AsyncSession, known: User, *, password_hash: str, device: str | None, lifetimes: Lifetimes
) -> str:
    """Ends every session of the user, forgets the devices but this one, and begins a new session: its token."""
    user = await accounts.require_user(session, known.id, lock=True)
    if user.password_hash != known.password_hash:
        raise LoginFailed()
    user.password_hash = password_hash
    user.bump()
    await accounts.add(session, user)
    await events.record_user(session, UserUpdated, user, changed=["password_hash"])
    await events.record_notice(session, "password_changed", user, await accounts.get_organization(session))
    await audit.record(session, "user.password_changed", _subject(user))
    await _end_sessions_of(session, user, reason="password_changed")
    await repository.forget_devices(session, user.id, but=device)
    return await _start_session(session, user, lifetimes)


async def confirm_session(session: AsyncSession, known: User, token_hash: str) -> None:
    """The password was right. Raises NotLoggedIn when it was changed since, or the session ended."""
    user = await accounts.require_user(session, known.id, lock=True)
    same = user.active and user.password_hash == known.password_hash
    if not same or not await repository.confirm_session(session, token_hash, utc_now()):
        raise NotLoggedIn()
    await audit.record(session, "session.confirmed", _subject(user))


async def end_session(session: AsyncSession, token_hash: str, *, reason: Reason) -> None:
    user_id = await repository.end_session(session, token_hash)
    user = await accounts.get_user(session, user_id) if user_id else None
    if user:
        await audit.record(session, "session.ended", _subject(user), reason=reason)


async def end_sessions_of(session: AsyncSession, user: User, *, reason: Reason) -> None:
    """And forgets the devices: whoever uses them now has to be looked at anew."""
    await _end_sessions_of(session, user, reason=reason)
    await repository.forget_devices(session, user.id)


async def recognise_session(
    session: AsyncSession, token_hash: str, *, lifetimes: Lifetimes, touch: bool
) -> Known | None:
    """Whose session it is, while it lasts. Without `touch` it does not count as used."""
    login = await repository.find_session(session, token_hash)
    now = utc_now()
    if login is None or login.expires_at <= now or login.seen_at + lifetimes.idle <= now:
        return None
    await enter(session, replace(scope_of(session), org_id=login.org_id))
    user = await accounts.get_user(session, login.user_id)
    if user is None or not user.active:
        return None
    if touch and login.seen_at + _SEEN_EVERY < now:
        await repository.touch_session(session, token_hash, now)
    identity = Identity(user.org_id, f"user:{user.id}", scopes.held_by(is_admin=user.is_admin), user.name)
    return Known(identity, login.expires_at, login.confirmed_at or login.created_at)


def scope_of_user(scope: Scope, user: User) -> Scope:
    """The request's scope, once the login has told the organisation."""
    return replace(scope, org_id=user.org_id, actor=f"user:{user.id}", actor_name=user.name)


async def _end_sessions_of(session: AsyncSession, user: User, *, reason: Reason) -> None:
    ended = await repository.end_sessions_of(session, user.id)
    if ended:
        await audit.record(session, "session.ended", _subject(user), reason=reason, times=ended)


def _subject(user: User) -> Subject:
    return Subject("user", user.id, user.name)


async def _start_session(session: AsyncSession, user: User, lifetimes: Lifetimes) -> str:
    token, now = tokens.new_token(), utc_now()
    await repository.end_sessions_of(session, user.id, expired_at=now)
    started = LoginSession(
        org_id=user.org_id,
        token_hash=tokens.hash_of(token),
        user_id=user.id,
        created_at=now,
        seen_at=now,
        confirmed_at=now,
        expires_at=now + lifetimes.absolute,
    )
    await repository.add_session(session, started)
    return token
