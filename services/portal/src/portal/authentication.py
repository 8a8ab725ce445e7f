"""Who is at the client's door: anybody from the gateway may knock, a session's cookie says whose portal it is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Request, Response

from portal.client import ClientScope
from portal.config import Settings
from portal.errors import NotLoggedIn, ReadOnly, TooManyAttempts
from portal.sessions import service
from portal.tokens import hash_of
from shared.db.tenancy import Scope
from shared.errors import Forbidden
from shared.passwords.throttle import STRANGERS, Attempt, Taken
from shared.web.correlation import scope_for
from shared.web.idempotency import claim
from shared.web.identity import IdentityDep
from shared.web.session import database_of

COOKIE = "ficha_portal"
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


async def end_present_session(request: Request, visitor: Scope) -> None:
    if token := request.cookies.get(COOKIE):
        async with database_of(request).transaction(visitor) as session:
            await service.end_session(session, hash_of(token))


@asynccontextmanager
async def open_client(request: Request, visitor: Scope) -> AsyncIterator[ClientScope]:
    """A transaction held to the session's contact. Raises NotLoggedIn, and ReadOnly for a write in a preview."""
    token = request.cookies.get(COOKIE)
    if not token:
        raise NotLoggedIn()
    async with database_of(request).transaction(visitor) as session:
        client = await service.recognise(session, hash_of(token))
        if client is None:
            raise NotLoggedIn("The session is over.")
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


def set_cookie(response: Response, settings: Settings, token: str, *, seconds: int) -> None:
    response.set_cookie(
        COOKIE, token, max_age=seconds, path=_PATH, httponly=True, samesite="lax", secure=settings.secure_cookie
    )


def forget_cookie(response: Response, settings: Settings) -> None:
    response.delete_cookie(COOKIE, path=_PATH, httponly=True, samesite="lax", secure=settings.secure_cookie)
