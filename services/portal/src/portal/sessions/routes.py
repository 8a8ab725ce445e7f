"""The HTTP door of logging in. Passwords are hashed here, between two transactions: no connection waits for it."""

from dataclasses import replace

from fastapi import APIRouter, Request, Response

from portal.access import service as access
from portal.authentication import (
    PREVIEW,
    SESSION,
    VisitorDep,
    address_of,
    attempt_at,
    device_of,
    end_present_preview,
    end_present_session,
    forget_cookie,
    forgive_attempt,
    hash_password,
    open_client,
    session_token,
    set_cookie,
    take_attempt,
)
from portal.choices import service as choices
from portal.choices.schemas import ChoiceIn, ChoicesOut, OfferOut
from portal.client import ClientScope
from portal.dependencies import PasswordsDep
from portal.errors import LoginFailed, WrongPassword
from portal.logins import service as logins
from portal.replicas import service as replicas
from portal.sessions import service
from portal.sessions.schemas import LoginIn, PasswordChange, SessionOut
from portal.sessions.service import SESSION_LIFE, actor_of
from portal.tokens import hash_of
from shared.clock import utc_now
from shared.passwords.rules import demand_strong
from shared.passwords.throttle import Attempt
from shared.web.session import database_of

router = APIRouter(prefix="/portal/api", tags=["portal: client"])


@router.post("/session", status_code=201)
async def log_in(
    request: Request,
    visitor: VisitorDep,
    passwords: PasswordsDep,
    body: LoginIn,
    response: Response,
) -> SessionOut | ChoicesOut:
    """Sets the session's cookie. A session that was there before ends.

    Where the e-mail and the password open several portals, they are offered: nothing else is told before one is chosen.
    """
    database = database_of(request)
    attempt = await attempt_at(request, visitor, body.email)
    taken = await take_attempt(request, visitor, attempt)
    async with database.transaction(visitor) as session:
        found = await logins.find_logins(session, body.email, organization=body.organization)
    matches = await passwords.find_matches([login.password_hash for login in found], body.password, lane=attempt.lane)
    opened = [login for place, login in enumerate(found) if place in matches]
    if not opened:
        raise LoginFailed()
    await end_present_session(request, visitor)
    scope = replace(visitor, actor=actor_of(opened[0].contact_id), actor_name=body.email)
    entered: SessionOut | ChoicesOut
    if len(opened) > 1:
        async with database.transaction(scope) as session:
            token, offer = await choices.offer(session, opened)
        entered = ChoicesOut.model_validate(offer)
    else:
        async with database.transaction(replace(scope, org_id=opened[0].org_id)) as session:
            client, token = await service.open_session(session, opened[0], device=device_of(request, response))
            entered = await _session_out(client)
    await forgive_attempt(request, visitor, taken)
    if passwords.outdated(*(login.password_hash for login in opened)):
        [new_hash] = await hash_password(request, scope, passwords, body.password, [body.email])
        for login in opened:
            async with database.transaction(replace(scope, org_id=login.org_id)) as session:
                await access.rehash_password(session, login, new_hash)
    set_cookie(request, response, token, ends=utc_now() + SESSION_LIFE)
    return entered


@router.get("/session")
async def get_session(request: Request, visitor: VisitorDep) -> OfferOut:
    """Which portals this login may open, and which is open now."""
    async with database_of(request).transaction(visitor) as session:
        return OfferOut.model_validate(await choices.read_offer(session, hash_of(session_token(request))))


@router.put("/session")
async def choose(request: Request, visitor: VisitorDep, body: ChoiceIn, response: Response) -> SessionOut:
    """Opens another of the portals that this login may open; the one that was open is left."""
    async with database_of(request).transaction(visitor) as session:
        client, token, ends = await choices.choose(
            session, hash_of(session_token(request)), body.contact_id, device=device_of(request, response)
        )
        entered = await _session_out(client)
    set_cookie(request, response, token, ends=ends)
    return entered


@router.delete("/session", status_code=204)
async def log_out(request: Request, visitor: VisitorDep, response: Response) -> None:
    """Also when there is no session any more. In a preview only that ends, and the client's session is there again."""
    if await end_present_preview(request, visitor):
        forget_cookie(request, response, PREVIEW)
    else:
        await end_present_session(request, visitor)
        forget_cookie(request, response, SESSION)


@router.put("/password", status_code=204)
async def change_password(
    request: Request,
    visitor: VisitorDep,
    passwords: PasswordsDep,
    body: PasswordChange,
    response: Response,
) -> None:
    """Ends every session of the client, here and elsewhere; this browser gets a new one."""
    async with open_client(request, visitor) as client:
        known, emails = await access.read_password(client)
        words = await replicas.list_words(client.session, client.contact_id)
    demand_strong("new", body.new, about=words)
    # Who has the session uses up nobody else's attempts, and nobody else's use up these.
    attempt = Attempt(actor_of(client.contact_id), address_of(request), client.token_hash)
    taken = await take_attempt(request, visitor, attempt)
    if not await passwords.verify(known, body.current, lane=attempt.lane):
        raise WrongPassword()
    await forgive_attempt(request, visitor, taken)
    hashes = await hash_password(request, visitor, passwords, body.new, emails)
    async with open_client(request, visitor) as client:
        await access.change_own_password(client, hashes, known=known)
        token, ends = await service.renew_session(client, device=device_of(request, response))
    set_cookie(request, response, token, ends=ends)


async def _session_out(client: ClientScope) -> SessionOut:
    contact, organization = await replicas.get_parties(client)
    return SessionOut.model_validate({"contact": contact, "organization": organization})
