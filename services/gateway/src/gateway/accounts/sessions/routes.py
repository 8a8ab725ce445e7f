"""The HTTP door of logging in. Passwords are hashed here, between two transactions: no connection waits for it."""

from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from gateway.accounts import service as accounts
from gateway.accounts import tokens
from gateway.accounts.audit.actions import Action, Reason
from gateway.accounts.errors import LoginFailed, NotLoggedIn, PeopleOnly, TooManyAttempts, WrongPassword
from gateway.accounts.schemas import ConfirmationIn, LoginIn, PasswordCheckIn, PasswordCheckOut, PasswordIn, SessionOut
from gateway.accounts.sessions import service
from gateway.accounts.sessions.service import DEVICE_LIFE, Lifetimes, Whose, scope_of_user
from gateway.authentication import Caller, CallerDep, authentication_of
from gateway.bodies import BoundedRoute
from gateway.cookies import DEVICE, SESSION, Cookies
from gateway.origin import OwnOrigin
from shared.db.tenancy import Scope
from shared.passwords.hashing import Passwords
from shared.passwords.pace import Pace
from shared.passwords.throttle import STRANGERS, Attempt, Taken
from shared.web.correlation import address_of, agent_of, scope_for
from shared.web.session import SessionDep, database_of

_DEVICE_SECONDS: Final = int(DEVICE_LIFE.total_seconds())

router = APIRouter(prefix="/api/v1/session", tags=["session"], route_class=BoundedRoute)


@dataclass(frozen=True, slots=True)
class Logins:
    """What logging in needs beside the database. On `app.state.logins`."""

    passwords: Passwords
    origin: OwnOrigin
    cookies: Cookies
    lifetimes: Lifetimes
    checks: Pace


@router.post("", status_code=201)
async def log_in(request: Request, body: LoginIn, response: Response) -> SessionOut:
    """Sets the session's cookie. A session that was there before ends."""
    logins, database = logins_of(request), database_of(request)
    logins.origin.check(request)
    device = logins.cookies.read(request, DEVICE)
    device_hash = tokens.hash_of(device) if device else None
    nobody = scope_of_nobody(request)
    async with database.transaction(nobody) as session:
        known, before = await service.find_login(session, body.email, device=device_hash)
    attempt = Attempt(body.email, address_of(request), device_hash if before else None)
    taken = await _take_attempt(request, attempt, service.whose(known))
    password_hash = known.password_hash if known else None
    right = await logins.passwords.verify(password_hash, body.password, lane=attempt.lane)
    if known is None or not right or not known.active:
        reason: Reason = "unknown" if known is None else "inactive" if right else "wrong_password"
        await _record_refusal(request, "session.refused", service.whose(known), reason=reason)
        raise LoginFailed()
    await _forgive_attempt(request, taken)
    new_hash = await logins.passwords.hash(body.password) if logins.passwords.outdated(known.password_hash) else None
    await _end_present_session(request, reason="logged_in_again")
    device = device if device and tokens.is_token(device) else tokens.new_token()
    async with database.transaction(scope_of_user(nobody, known)) as session:
        token, user = await service.open_session(
            session, known, device=tokens.hash_of(device), lifetimes=logins.lifetimes, new_hash=new_hash
        )
        organization = await accounts.get_organization(session)
    logins.cookies.set(response, DEVICE, device, seconds=_DEVICE_SECONDS)
    _set_session(response, logins, token)
    return SessionOut.model_validate({"user": user, "organization": organization})


@router.get("")
async def get_session(session: SessionDep, caller: CallerDep) -> SessionOut:
    user = await accounts.get_user(session, _person(caller.user_id))
    return SessionOut.model_validate({"user": user, "organization": await accounts.get_organization(session)})


@router.delete("", status_code=204)
async def log_out(request: Request, response: Response) -> None:
    """Also when there is no session any more."""
    logins = logins_of(request)
    logins.origin.check(request)
    await _end_present_session(request, reason="logged_out")
    logins.cookies.forget(response, SESSION)


@router.post("/confirm", status_code=204)
async def confirm(request: Request, caller: CallerDep, body: ConfirmationIn) -> None:
    """It is still the same person. What is sensitive (people and their rights, API keys, webhooks, the account that is
    paid to) answers 403 `gateway.confirm_password` where the password was not given for some minutes. A login counts.
    """
    user_id = _person(caller.user_id)
    scope = scope_for(request, caller.identity)
    async with database_of(request).transaction(scope) as session:
        user = await accounts.get_user(session, user_id)
    await _check_present_password(request, caller, user.email, service.whose(user), user.password_hash, body.password)
    async with database_of(request).transaction(scope) as session:
        assert caller.token_hash
        await service.confirm_session(session, user, caller.token_hash)
    authentication_of(request).forget(caller.identity.org_id)


@router.put("/password", status_code=204)
async def change_password(request: Request, caller: CallerDep, body: PasswordIn, response: Response) -> None:
    """Ends every session of the user, here and elsewhere; this client gets a new one."""
    logins, database = logins_of(request), database_of(request)
    scope, user_id = scope_for(request, caller.identity), _person(caller.user_id)
    async with database.transaction(scope) as session:
        user = await accounts.get_user(session, user_id)
        await accounts.check_password(session, "new_password", body.new_password, about=(user.name, user.email))
    whose = service.whose(user)
    lane = await _check_present_password(request, caller, user.email, whose, user.password_hash, body.current_password)
    password_hash = await logins.passwords.hash(body.new_password, lane=lane)
    device = logins.cookies.read(request, DEVICE)
    async with database.transaction(scope) as session:
        token = await service.change_password(
            session,
            user,
            password_hash=password_hash,
            device=tokens.hash_of(device) if device else None,
            lifetimes=logins.lifetimes,
        )
    authentication_of(request).forget(caller.identity.org_id)
    _set_session(response, logins, token)


@router.post("/password/check")
async def check_new_password(
    request: Request, session: SessionDep, caller: CallerDep, body: PasswordCheckIn
) -> PasswordCheckOut:
    """Whether it would do as one's next password: by the rule that it is held to when it is set. Nothing is kept of it.

    Meant to be asked while somebody types: sixty at once, then one a second.
    """
    user_id = _person(caller.user_id)
    if not logins_of(request).checks.take(str(user_id)):
        raise TooManyAttempts("Try again in a moment.")
    return PasswordCheckOut(lacks=await accounts.check_new_password(session, user_id, body.password))


def logins_of(request: Request) -> Logins:
    logins = request.app.state.logins
    assert isinstance(logins, Logins)
    return logins


def scope_of_nobody(request: Request) -> Scope:
    return Scope(
        org_id=None,
        actor="visitor",
        correlation_id=request.state.request_id,
        traceparent=request.state.traceparent,
        address=address_of(request),
        agent=agent_of(request),
    )


async def _check_present_password(
    request: Request, caller: Caller, email: str, whose: Whose, password_hash: str, given: str
) -> str:
    """The lane it was hashed in. Raises WrongPassword, TooManyAttempts."""
    # Who has the session uses up nobody else's attempts, and nobody else's use up these.
    attempt = Attempt(email, address_of(request), caller.token_hash)
    taken = await _take_attempt(request, attempt, whose)
    if not await logins_of(request).passwords.verify(password_hash, given, lane=attempt.lane):
        await _record_refusal(request, "session.not_confirmed", whose, reason="wrong_password")
        raise WrongPassword()
    await _forgive_attempt(request, taken)
    return attempt.lane


async def _take_attempt(request: Request, attempt: Attempt, whose: Whose) -> Taken:
    """Raises TooManyAttempts."""
    async with database_of(request).transaction(replace(scope_of_nobody(request), org_id=STRANGERS)) as session:
        taken = await service.take_attempt(session, attempt)
    if taken.wait:
        await _record_refusal(request, "session.throttled", whose, reason="too_many")
        raise TooManyAttempts(f"Try again in {taken.wait} seconds.", members={"retry_after": taken.wait})
    return taken


async def _forgive_attempt(request: Request, taken: Taken) -> None:
    async with database_of(request).transaction(replace(scope_of_nobody(request), org_id=STRANGERS)) as session:
        await service.forgive_attempt(session, taken)


async def _record_refusal(request: Request, action: Action, whose: Whose, *, reason: Reason) -> None:
    """In a transaction of its own: what was tried did not happen."""
    scope = replace(scope_of_nobody(request), org_id=whose.org_id)
    async with database_of(request).transaction(scope) as session:
        await service.record_refusal(session, action, whose, reason=reason)


async def _end_present_session(request: Request, *, reason: Reason) -> None:
    if not logins_of(request).cookies.read(request, SESSION):
        return
    authentication = authentication_of(request)
    try:
        caller = await authentication.caller(request, touch=False)
    except NotLoggedIn:
        return
    if caller.token_hash:
        async with database_of(request).transaction(scope_for(request, caller.identity)) as session:
            await service.end_session(session, caller.token_hash, reason=reason)
        authentication.forget(caller.identity.org_id)


def _set_session(response: Response, logins: Logins, token: str) -> None:
    logins.cookies.set(response, SESSION, token, seconds=int(logins.lifetimes.absolute.total_seconds()))


def _person(user_id: UUID | None) -> UUID:
    if user_id is None:
        raise PeopleOnly()
    return user_id
