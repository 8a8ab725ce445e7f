"""The HTTP door of logging in. Passwords are hashed here, between two transactions: no connection waits for it."""

from dataclasses import replace

from fastapi import APIRouter, Request, Response

from portal.access import service as access
from portal.authentication import (
    VisitorDep,
    address_of,
    end_present_session,
    forget_cookie,
    forgive_attempt,
    open_client,
    set_cookie,
    take_attempt,
)
from portal.dependencies import PasswordsDep, SettingsDep
from portal.errors import LoginFailed, WrongPassword
from portal.parties import service as parties
from portal.sessions import service
from portal.sessions.schemas import LoginIn, PasswordChange, SessionOut
from portal.sessions.service import SESSION_LIFE, actor_of
from shared.passwords.throttle import Attempt
from shared.web.session import database_of

router = APIRouter(prefix="/portal/api", tags=["portal: client"])

_SECONDS = int(SESSION_LIFE.total_seconds())


@router.post("/session", status_code=201)
async def log_in(
    request: Request,
    visitor: VisitorDep,
    passwords: PasswordsDep,
    settings: SettingsDep,
    body: LoginIn,
    response: Response,
) -> SessionOut:
    """Sets the session's cookie. A session that was there before ends."""
    database = database_of(request)
    taken = await take_attempt(request, visitor, Attempt(body.email, address_of(request)))
    async with database.transaction(visitor) as session:
        logins = await service.find_logins(session, body.email, organization=body.organization)
    index = await passwords.find_match([login.password_hash for login in logins], body.password)
    if index is None:
        raise LoginFailed()
    login = logins[index]
    new_hash = await passwords.hash(body.password) if passwords.outdated(login.password_hash) else None
    await end_present_session(request, visitor)
    scope = replace(visitor, org_id=login.org_id, actor=actor_of(login.contact_id), actor_name=login.email)
    async with database.transaction(scope) as session:
        client, token = await service.open_session(session, login)
        if new_hash:
            await access.rehash_password(session, login.contact_id, new_hash)
        contact, organization = await parties.get_parties(client)
    await forgive_attempt(request, visitor, taken)
    set_cookie(response, settings, token, seconds=_SECONDS)
    return SessionOut.model_validate({"contact": contact, "organization": organization})


@router.delete("/session", status_code=204)
async def log_out(request: Request, visitor: VisitorDep, settings: SettingsDep, response: Response) -> None:
    """Also when there is no session any more."""
    await end_present_session(request, visitor)
    forget_cookie(response, settings)


@router.put("/password", status_code=204)
async def change_password(
    request: Request,
    visitor: VisitorDep,
    passwords: PasswordsDep,
    settings: SettingsDep,
    body: PasswordChange,
    response: Response,
) -> None:
    """Ends every session of the client, here and elsewhere; this browser gets a new one."""
    async with open_client(request, visitor) as client:
        known = await access.read_password(client)
    taken = await take_attempt(request, visitor, Attempt(actor_of(client.contact_id), address_of(request)))
    if await passwords.find_match([known], body.current) is None:
        raise WrongPassword()
    await forgive_attempt(request, visitor, taken)
    password_hash = await passwords.hash(body.new)
    async with open_client(request, visitor) as client:
        await access.change_own_password(client, password_hash, known=known)
        token = await service.renew_session(client)
    set_cookie(response, settings, token, seconds=_SECONDS)
