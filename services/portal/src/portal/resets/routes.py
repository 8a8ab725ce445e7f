"""The HTTP door of forgotten passwords: for who forgot it, and for notifications, which mails the link."""

import asyncio
from dataclasses import replace
from itertools import groupby
from uuid import UUID

from fastapi import APIRouter, Request, Response

from portal.access import service as access
from portal.authentication import (
    VisitorDep,
    address_of,
    device_of,
    end_present_session,
    hash_password,
    set_cookie,
    take_attempt,
    take_mail,
)
from portal.choices import service as choices
from portal.choices.schemas import ChoicesOut
from portal.dependencies import PasswordsDep, SettingsDep
from portal.devices import service as devices
from portal.logins import service as logins
from portal.replicas import service as replicas
from portal.resets import service
from portal.resets.schemas import LinkOut, OpeningIn, RedemptionIn, ResetIn, ResetOut
from portal.sessions import service as sessions
from portal.sessions.schemas import SessionOut
from portal.sessions.service import SESSION_LIFE, actor_of
from shared.clock import utc_now
from shared.db.tenancy import Scope
from shared.errors import Forbidden
from shared.passwords.rules import demand_strong
from shared.passwords.throttle import Attempt
from shared.web.correlation import scope_for
from shared.web.identity import demand_sibling
from shared.web.session import SessionDep, database_of

# No IdempotentRoute: an answer that carries a secret would be stored.
router = APIRouter(prefix="/portal/api/password-resets", tags=["portal: client"])
internal_router = APIRouter(prefix="/internal/password-resets", include_in_schema=False)

_ANSWERED_AFTER = 0.4
"""Seconds, however long the work takes: nobody can tell from it whether there was any, or for how many."""
_ASKING: set[asyncio.Task[None]] = set()
"""What goes on behind an answer; asyncio itself holds tasks weakly."""


@router.post("", status_code=202, response_class=Response)
async def ask_for_reset(request: Request, visitor: VisitorDep, body: ResetIn) -> None:
    """A mail with a link goes to this e-mail if it opens a portal. The answer is the same, and as late, if not."""
    await take_attempt(request, visitor, Attempt(f"reset {body.email}", address_of(request)))
    welcome = await take_mail(request, visitor, body.email)
    asking = asyncio.create_task(_ask(request, visitor, body) if welcome else asyncio.sleep(0))
    _ASKING.add(asking)
    asking.add_done_callback(_ASKING.discard)
    await asyncio.sleep(_ANSWERED_AFTER)
    if asking.done():
        asking.result()


@router.post("/open")
async def open_reset(request: Request, visitor: VisitorDep, body: OpeningIn) -> ResetOut:
    """What a link is about. It stays as good as it was."""
    async with database_of(request).transaction(visitor) as session:
        reset, contacts = await service.open_reset(session, body.token)
        return ResetOut.model_validate({"email": reset.email, "contacts": contacts})


@router.post("/redeem", status_code=201)
async def redeem_reset(
    request: Request,
    visitor: VisitorDep,
    passwords: PasswordsDep,
    body: RedemptionIn,
    response: Response,
) -> SessionOut | ChoicesOut:
    """The new password, once for each link: of all its portals, or of those in `contacts`. Ends every session of these;
    this browser gets a new one.
    """
    database = database_of(request)
    async with database.transaction(visitor) as session:
        _, contacts = await service.open_reset(session, body.token)
        ids = [contact.contact_id for contact in service.choose(contacts, body.contacts)]
        emails = [email for contact_id in ids for email in await replicas.list_emails(session, contact_id)]
        words = [word for contact_id in ids for word in await replicas.list_words(session, contact_id)]
    demand_strong("password", body.password, about=words)
    hashes = await hash_password(request, visitor, passwords, body.password, emails)
    await end_present_session(request, visitor)
    async with database.transaction(visitor) as session:
        reset, _ = await service.open_reset(session, body.token)
        await service.use_up(session, reset)
        for contact_id in ids:
            await access.replace_forgotten_password(session, contact_id, hashes, email=reset.email)
        token, entered = await _enter(session, ids, reset.email, device=device_of(request, response))
    set_cookie(request, response, token, ends=utc_now() + SESSION_LIFE)
    return entered


@internal_router.post("/{reset_id}/link")
async def create_link(request: Request, settings: SettingsDep, response: Response, reset_id: UUID) -> LinkOut:
    """For the mail that is being written, and for nothing else. Each time another one, and only the last is good."""
    identity = await demand_sibling(request, "portal:links")
    if identity.org_id is None:
        raise Forbidden("This needs to be asked on behalf of an organisation.")
    response.headers["Cache-Control"] = "no-store"
    async with database_of(request).transaction(scope_for(request, identity)) as session:
        return LinkOut(url=await service.create_link(session, reset_id, public_url=settings.public_url))


async def _enter(
    session: SessionDep, ids: list[UUID], email: str, *, device: str
) -> tuple[str, SessionOut | ChoicesOut]:
    """The token for the cookie."""
    if len(ids) == 1:
        await devices.note_device(session, ids[0], email, device)
        client, token = await sessions.start_session(session, ids[0], email=email)
        contact, organization = await replicas.get_parties(client)
        return token, SessionOut.model_validate({"contact": contact, "organization": organization})
    found = await logins.find_logins(session, email, organization=None)
    token, offer = await choices.offer(session, [login for login in found if login.contact_id in ids])
    return token, ChoicesOut.model_validate(offer)


async def _ask(request: Request, visitor: Scope, body: ResetIn) -> None:
    """One mail from each company that knows the e-mail."""
    database = database_of(request)
    async with database.transaction(visitor) as session:
        found = await logins.find_logins(session, body.email, organization=body.organization)
    for org_id, of_one in groupby(found, key=lambda login: login.org_id):
        mine = list(of_one)
        scope = replace(visitor, org_id=org_id, actor=actor_of(mine[0].contact_id), actor_name=body.email)
        async with database.transaction(scope) as session:
            await service.ask_for_reset(session, body.email, mine)
