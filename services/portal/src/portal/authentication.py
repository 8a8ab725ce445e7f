"""Who is at the client's door: anybody from the gateway may knock, a session's cookie says whose portal it is."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from math import ceil
from typing import Annotated, Literal, TypedDict

from fastapi import Depends, Request, Response

from portal.choices import service as choices
from portal.client import ClientScope
from portal.config import Settings
from portal.devices import service as devices
from portal.devices.service import DEVICE_LIFE
from portal.errors import NotChosen, NotLoggedIn, PreviewOver, ReadOnly, TooManyAttempts
from portal.logins import service as logins
from portal.replicas import service as replicas
from portal.sessions import service
from portal.tokens import hash_of, is_token, new_token
from shared.clock import utc_now
from shared.db.tenancy import Scope
from shared.errors import Forbidden
from shared.passwords.hashing import Passwords, salt_of
from shared.passwords.throttle import STRANGERS, Attempt, Taken, network_of
from shared.web.correlation import scope_for
from shared.web.idempotency import claim
from shared.web.identity import IdentityDep
from shared.web.session import database_of

SESSION = "ficha_portal"
PREVIEW = "ficha_portal_preview"
"""Beside the client's own session, which it leaves as it is; while it is there, it goes before."""
DEVICE = "ficha_portal_device"
"""Which browser this is, whoever logs in there: kept when the session ends."""
_PATH = "/portal"
_SCOPE = "portal:client"


async def _get_visitor(request: Request, identity: IdentityDep, response: Response) -> Scope:
    """The scope of somebody unknown: whatever organisation a token may name counts for nothing here."""
    if not identity.may(_SCOPE):
        raise Forbidden(f"The scope {_SCOPE} is missing.")
    response.headers["Cache-Control"] = "private, no-store"
    return replace(scope_for(request, identity), org_id=None)


VisitorDep = Annotated[Scope, Depends(_get_visitor)]


def address_of(request: Request) -> str:
    """The visitor's, as the gateway saw it: only the gateway reaches this door, and it writes the last entry."""
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return forwarded or (request.client.host if request.client else "unknown")


async def attempt_at(request: Request, visitor: Scope, email: str) -> Attempt:
    """To log in from this browser: one that entered with this e-mail before counts alone."""
    token = _token(request, DEVICE)
    device = hash_of(token) if token and is_token(token) else None
    if device:
        async with database_of(request).transaction(visitor) as session:
            if not await devices.is_known(session, email, device):
                device = None
    return Attempt(email, address_of(request), device)


async def take_attempt(request: Request, visitor: Scope, attempt: Attempt) -> Taken:
    """Before anything is looked at. Raises TooManyAttempts."""
    async with database_of(request).transaction(replace(visitor, org_id=STRANGERS)) as session:
        taken = await service.take_attempt(session, attempt)
    if taken.wait:
        raise TooManyAttempts(f"Try again in {taken.wait} seconds.", members={"retry_after": taken.wait})
    return taken


async def take_mail(request: Request, visitor: Scope, email: str) -> bool:
    """False when no further mail may go there."""
    async with database_of(request).transaction(replace(visitor, org_id=STRANGERS)) as session:
        return await service.take_mail(session, email)


async def forgive_attempt(request: Request, visitor: Scope, taken: Taken) -> None:
    """It was the right password."""
    async with database_of(request).transaction(replace(visitor, org_id=STRANGERS)) as session:
        await service.forgive_attempt(session, taken)


async def settle_salts(
    request: Request, scope: Scope, emails: Iterable[str], *, prefer: str | None = None
) -> list[str]:
    """See `logins.service`; `prefer`: the salt of this hash. Committed before anything is hashed."""
    async with database_of(request).transaction(replace(scope, org_id=STRANGERS)) as session:
        return await logins.settle_salts(session, emails, prefer=salt_of(prefer) if prefer else None)


async def hash_password(
    request: Request, scope: Scope, passwords: Passwords, password: str, emails: Iterable[str]
) -> list[str]:
    """For all these e-mails: once for each of their salts. Outside of every transaction: no connection waits for it."""
    salts = await settle_salts(request, scope, emails)
    lane = network_of(address_of(request))
    return [await passwords.hash(password, salt=salt, lane=lane) for salt in salts]


async def end_present_session(request: Request, visitor: Scope) -> None:
    """The client's own, with what else it could choose."""
    if token := _token(request, SESSION):
        async with database_of(request).transaction(visitor) as session:
            await choices.end(session, hash_of(token))


async def end_present_preview(request: Request, visitor: Scope) -> bool:
    """False when there was none."""
    token = _token(request, PREVIEW)
    if token:
        async with database_of(request).transaction(visitor) as session:
            await choices.end(session, hash_of(token))
    return bool(token)


async def present_contact(request: Request, visitor: Scope) -> str | None:
    """The name of whose portal is open in this browser, if one is."""
    for cookie in (PREVIEW, SESSION):
        if token := _token(request, cookie):
            async with database_of(request).transaction(visitor) as session:
                client = await service.recognise(session, hash_of(token))
                if client is not None:
                    contact, _ = await replicas.get_parties(client)
                    return contact.name
                offered = await choices.list_names(session, hash_of(token))
                if offered:
                    return ", ".join(offered)
    return None


def session_token(request: Request) -> str:
    """Of the client's own session. Raises NotLoggedIn."""
    token = _token(request, SESSION)
    if not token:
        raise NotLoggedIn()
    return token


@asynccontextmanager
async def open_client(request: Request, visitor: Scope) -> AsyncIterator[ClientScope]:
    """A transaction held to the session's contact.

    Raises NotLoggedIn, NotChosen, PreviewOver, and ReadOnly for a write in a preview.
    """
    preview = _token(request, PREVIEW)
    token = preview or session_token(request)
    async with database_of(request).transaction(visitor) as session:
        client = await service.recognise(session, hash_of(token))
        if client is None and preview:
            raise PreviewOver()
        if client is None:
            raise NotChosen() if await choices.is_open(session, hash_of(token)) else NotLoggedIn("The session is over.")
        if client.read_only and request.method not in ("GET", "HEAD"):
            raise ReadOnly()
        yield client


async def _get_client(request: Request, visitor: VisitorDep) -> AsyncIterator[ClientScope]:
    async with open_client(request, visitor) as client:
        # Another contact's request is another request, whatever its key and body: no client is told another's answer.
        await claim(client.session, request, streamed=client.contact_id.bytes + await request.body())
        yield client


# scope="function": committed before the answer leaves, as with SessionDep.
ClientDep = Annotated[ClientScope, Depends(_get_client, scope="function")]


def set_cookie(request: Request, response: Response, token: str, *, ends: datetime) -> None:
    """Of the client's session; a preview that was in front of it is put away."""
    settings = _settings(request)
    seconds = max(0, ceil((ends - utc_now()).total_seconds()))
    response.set_cookie(_name(SESSION, settings), token, max_age=seconds, **_attributes(settings))
    if _token(request, PREVIEW):
        forget_cookie(request, response, PREVIEW)


def set_preview_cookie(request: Request, response: Response, token: str) -> None:
    """Kept past its end: a browser that dropped it by itself would go on as the client behind it, unasked."""
    settings = _settings(request)
    response.set_cookie(_name(PREVIEW, settings), token, **_attributes(settings))


def device_of(request: Request, response: Response) -> str:
    """The hash of this browser's cookie, which it gets or keeps for as long as devices are known."""
    settings, given = _settings(request), _token(request, DEVICE)
    token = given if given and is_token(given) else new_token()
    seconds = int(DEVICE_LIFE.total_seconds())
    response.set_cookie(_name(DEVICE, settings), token, max_age=seconds, **_attributes(settings))
    return hash_of(token)


def forget_cookie(request: Request, response: Response, cookie: str) -> None:
    settings = _settings(request)
    response.delete_cookie(_name(cookie, settings), **_attributes(settings))


def _token(request: Request, cookie: str) -> str | None:
    return request.cookies.get(_name(cookie, _settings(request)))


def _settings(request: Request) -> Settings:
    settings = request.app.state.settings
    assert isinstance(settings, Settings)
    return settings


def _name(cookie: str, settings: Settings) -> str:
    """Where TLS is, with the prefix that makes browsers refuse it from anywhere but this very host."""
    return f"__Host-{cookie}" if settings.secure_cookie else cookie


class _Attributes(TypedDict):
    path: str
    httponly: bool
    samesite: Literal["lax"]
    secure: bool


def _attributes(settings: Settings) -> _Attributes:
    secure = settings.secure_cookie
    return {"path": "/" if secure else _PATH, "httponly": True, "samesite": "lax", "secure": secure}
