"""The HTTP door of forgotten passwords: for who forgot it, and for notifications, which mails the link."""

import asyncio
from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter, Request, Response

from portal.access import service as access
from portal.authentication import VisitorDep, address_of, end_present_session, set_cookie, take_attempt, take_mail
from portal.dependencies import PasswordsDep, SettingsDep
from portal.parties import service as parties
from portal.resets import service
from portal.resets.schemas import LinkOut, RedemptionIn, ResetIn
from portal.sessions import service as sessions
from portal.sessions.schemas import SessionOut
from portal.sessions.service import SESSION_LIFE, actor_of
from shared.db.tenancy import Scope
from shared.errors import Forbidden
from shared.passwords.throttle import Attempt
from shared.web.correlation import scope_for
from shared.web.identity import demand_sibling
from shared.web.session import database_of

# No IdempotentRoute: an answer that carries a secret would be stored.
router = APIRouter(prefix="/portal/api/password-resets", tags=["portal: client"])
internal_router = APIRouter(prefix="/internal/password-resets", include_in_schema=False)

_ANSWERED_AFTER = 0.4
"""Seconds. Much longer than the work takes, so that nobody can tell from it whether there was any."""


@router.post("", status_code=202, response_class=Response)
async def ask_for_reset(request: Request, visitor: VisitorDep, body: ResetIn) -> None:
    """A mail with a link goes to this e-mail if it opens a portal. The answer is the same, and as late, if not."""
    await take_attempt(request, visitor, Attempt(f"reset {body.email}", address_of(request)))
    welcome = await take_mail(request, visitor, body.email)
    asking = _ask(request, visitor, body) if welcome else asyncio.sleep(0)
    await asyncio.gather(asking, asyncio.sleep(_ANSWERED_AFTER))


@router.post("/redeem", status_code=201)
async def redeem_reset(
    request: Request,
    visitor: VisitorDep,
    passwords: PasswordsDep,
    settings: SettingsDep,
    body: RedemptionIn,
    response: Response,
) -> SessionOut:
    """The new password, once for each link. Ends every session of the client; this browser gets a new one."""
    database = database_of(request)
    async with database.transaction(visitor) as session:
        await service.open_reset(session, body.token)
    password_hash = await passwords.hash(body.password)
    await end_present_session(request, visitor)
    async with database.transaction(visitor) as session:
        reset = await service.open_reset(session, body.token)
        await access.replace_forgotten_password(session, reset, password_hash)
        client, token = await sessions.start_session(session, reset.contact_id, email=reset.email)
        contact, organization = await parties.get_parties(client)
    set_cookie(response, settings, token, seconds=int(SESSION_LIFE.total_seconds()))
    return SessionOut.model_validate({"contact": contact, "organization": organization})


@internal_router.post("/{reset_id}/link")
async def create_link(request: Request, settings: SettingsDep, response: Response, reset_id: UUID) -> LinkOut:
    """For the mail that is being written, and for nothing else. Each time another one, and only the last is good."""
    identity = await demand_sibling(request, "portal:links")
    if identity.org_id is None:
        raise Forbidden("This needs to be asked on behalf of an organisation.")
    response.headers["Cache-Control"] = "no-store"
    async with database_of(request).transaction(scope_for(request, identity)) as session:
        return LinkOut(url=await service.create_link(session, reset_id, public_url=settings.public_url))


async def _ask(request: Request, visitor: Scope, body: ResetIn) -> None:
    database = database_of(request)
    async with database.transaction(visitor) as session:
        logins = await sessions.find_logins(session, body.email, organization=body.organization)
    for login in logins:
        scope = replace(visitor, org_id=login.org_id, actor=actor_of(login.contact_id), actor_name=login.email)
        async with database.transaction(scope) as session:
            await service.ask_for_reset(session, login)
