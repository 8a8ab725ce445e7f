"""The HTTP door of accounts. Passwords are hashed here, between two transactions: no connection waits for it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response

from gateway.accounts import service
from gateway.accounts.errors import LoginFailed, NotLoggedIn, PeopleOnly, WrongPassword
from gateway.accounts.passwords import Passwords
from gateway.accounts.pictures import redraw
from gateway.accounts.schemas import (
    ApiKeyIn,
    ApiKeyOut,
    LoginIn,
    NewApiKeyOut,
    OrganizationOut,
    OrganizationPatch,
    PasswordIn,
    SessionOut,
    UserIn,
    UserOut,
    UserPatch,
)
from gateway.accounts.service import Lifetimes, scope_of_user
from gateway.accounts.throttle import Throttle
from gateway.authentication import COOKIE, CallerDep, authentication_of
from gateway.bodies import BoundedRoute
from gateway.origin import OwnOrigin
from shared.db.tenancy import Scope
from shared.errors import invalid
from shared.web.correlation import scope_for
from shared.web.identity import Authorize, demand_sibling
from shared.web.pagination import CursorParam, LimitParam, Page, decode_cursor, encode_cursor
from shared.web.session import SessionDep, database_of
from shared.web.versions import ExpectedVersion, set_etag


@dataclass(frozen=True, slots=True)
class Logins:
    """What logging in needs beside the database. On `app.state.logins`."""

    passwords: Passwords
    throttle: Throttle
    origin: OwnOrigin
    lifetimes: Lifetimes
    secure_cookie: bool


async def forget_callers(request: Request, caller: CallerDep) -> AsyncIterator[None]:
    """Entered before the route's session and so left after it: once the change is committed, before the answer."""
    yield
    authentication_of(request).forget(caller.identity.org_id)


_FORGETS = Depends(forget_callers, scope="function")

_PICTURE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            media_type: {"schema": {"type": "string", "format": "binary"}}
            for media_type in ("image/png", "image/jpeg", "image/webp")
        },
    }
}
_UNCHANGING: Final = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}

session_router = APIRouter(prefix="/api/v1/session", tags=["session"], route_class=BoundedRoute)
organization_router = APIRouter(
    prefix="/api/v1/organization",
    tags=["organization"],
    route_class=BoundedRoute,
    dependencies=[Depends(Authorize("organization"))],
)
user_router = APIRouter(
    prefix="/api/v1/users",
    tags=["users"],
    route_class=BoundedRoute,
    # No key can carry a scope of this noun: only administrators hold it.
    dependencies=[Depends(Authorize("users"))],
)
key_router = APIRouter(
    prefix="/api/v1/api-keys",
    tags=["api-keys"],
    route_class=BoundedRoute,
    dependencies=[Depends(Authorize("organization"))],
)
logo_router = APIRouter(prefix="/logos", include_in_schema=False)
internal_router = APIRouter(prefix="/internal", include_in_schema=False)


@session_router.post("", status_code=201)
async def log_in(request: Request, body: LoginIn, response: Response) -> SessionOut:
    """Sets the session's cookie. A session that was there before ends."""
    logins, database = _logins(request), database_of(request)
    logins.origin.check(request)
    address = _address(request)
    logins.throttle.take(body.email, address)
    nobody = _scope_of_nobody(request)
    async with database.transaction(nobody) as session:
        known = await service.find_login(session, body.email)
    right = await logins.passwords.verify(known.password_hash if known else None, body.password)
    if known is None or not right or not known.active:
        raise LoginFailed()
    logins.throttle.forgive(body.email, address)
    new_hash = await logins.passwords.hash(body.password) if logins.passwords.outdated(known.password_hash) else None
    await _end_present_session(request)
    async with database.transaction(scope_of_user(nobody, known)) as session:
        token, user = await service.open_session(session, known, lifetimes=logins.lifetimes, new_hash=new_hash)
        organization = await service.get_organization(session)
    _set_cookie(response, logins, token)
    return SessionOut.model_validate({"user": user, "organization": organization})


@session_router.get("")
async def get_session(session: SessionDep, caller: CallerDep) -> SessionOut:
    user = await service.get_user(session, _person(caller.user_id))
    return SessionOut.model_validate({"user": user, "organization": await service.get_organization(session)})


@session_router.delete("", status_code=204)
async def log_out(request: Request, response: Response) -> None:
    """Also when there is no session any more."""
    _logins(request).origin.check(request)
    await _end_present_session(request)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")


@session_router.put("/password", status_code=204)
async def change_password(request: Request, caller: CallerDep, body: PasswordIn, response: Response) -> None:
    """Ends every session of the user, here and elsewhere; this client gets a new one."""
    logins, database = _logins(request), database_of(request)
    scope, user_id = scope_for(request, caller.identity), _person(caller.user_id)
    async with database.transaction(scope) as session:
        user = await service.get_user(session, user_id)
    logins.throttle.take(user.email, _address(request))
    if not await logins.passwords.verify(user.password_hash, body.current_password):
        raise WrongPassword()
    logins.throttle.forgive(user.email, _address(request))
    password_hash = await logins.passwords.hash(body.new_password)
    async with database.transaction(scope) as session:
        token = await service.change_password(session, user, password_hash=password_hash, lifetimes=logins.lifetimes)
    authentication_of(request).forget(caller.identity.org_id)
    _set_cookie(response, logins, token)


@organization_router.get("")
async def get_organization(session: SessionDep, response: Response) -> OrganizationOut:
    organization = await service.get_organization(session)
    set_etag(response, organization.version)
    return OrganizationOut.model_validate(organization)


@organization_router.patch("")
async def update_organization(
    session: SessionDep, body: OrganizationPatch, expected: ExpectedVersion, response: Response
) -> OrganizationOut:
    organization = await service.update_organization(session, body, expected=expected)
    set_etag(response, organization.version)
    return OrganizationOut.model_validate(organization)


@organization_router.put("/logo", openapi_extra=_PICTURE)
async def set_logo(
    request: Request, caller: CallerDep, expected: ExpectedVersion, response: Response
) -> OrganizationOut:
    """The picture itself is the body, at most 2 MiB. It is drawn anew, 512 pixels at most each way."""
    picture = await asyncio.to_thread(redraw, await request.body())
    async with database_of(request).transaction(scope_for(request, caller.identity)) as session:
        organization = await service.set_logo(session, picture, expected=expected)
    set_etag(response, organization.version)
    return OrganizationOut.model_validate(organization)


@organization_router.delete("/logo", status_code=204)
async def remove_logo(session: SessionDep, expected: ExpectedVersion, response: Response) -> None:
    organization = await service.remove_logo(session, expected=expected)
    set_etag(response, organization.version)


@logo_router.get("/{digest}.png")
async def get_logo(request: Request, digest: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]) -> Response:
    """For everybody who knows its name, as clients at the door of the portal do."""
    async with database_of(request).transaction(_scope_of_nobody(request)) as session:
        picture = await service.find_logo(session, digest)
    return Response(picture, media_type="image/png", headers={**_UNCHANGING, "ETag": f'"{digest}"'})


@internal_router.get("/organizations")
async def list_organization_ids(
    request: Request, limit: LimitParam = 200, after: UUID | None = None
) -> dict[str, list[UUID]]:
    """For siblings that rebuild their copies: the ids of all there are."""
    identity = await demand_sibling(request, "gateway:snapshot")
    scope = replace(scope_for(request, identity), org_id=None)
    async with database_of(request).transaction(scope) as session:
        return {"items": await service.list_organization_ids(session, after=after, limit=limit)}


@user_router.get("")
async def list_users(session: SessionDep, limit: LimitParam = 50, cursor: CursorParam = None) -> Page[UserOut]:
    users = await service.list_users(session, after=_after(cursor), limit=limit + 1)
    return Page(
        items=[UserOut.model_validate(user) for user in users[:limit]],
        next_cursor=encode_cursor(users[limit - 1].id) if len(users) > limit else None,
    )


@user_router.post("", status_code=201)
async def create_user(request: Request, caller: CallerDep, body: UserIn, response: Response) -> UserOut:
    password_hash = await _logins(request).passwords.hash(body.password)
    async with database_of(request).transaction(scope_for(request, caller.identity)) as session:
        user = await service.create_user(
            session, name=body.name, email=body.email, password_hash=password_hash, is_admin=body.is_admin
        )
    set_etag(response, user.version)
    return UserOut.model_validate(user)


@user_router.patch("/{user_id}")
async def update_user(
    request: Request,
    caller: CallerDep,
    user_id: UUID,
    body: UserPatch,
    expected: ExpectedVersion,
    response: Response,
) -> UserOut:
    password_hash = await _logins(request).passwords.hash(body.password) if body.password else None
    async with database_of(request).transaction(scope_for(request, caller.identity)) as session:
        user = await service.update_user(session, user_id, body, password_hash=password_hash, expected=expected)
    authentication_of(request).forget(caller.identity.org_id)
    set_etag(response, user.version)
    return UserOut.model_validate(user)


@key_router.get("")
async def list_keys(session: SessionDep, limit: LimitParam = 50, cursor: CursorParam = None) -> Page[ApiKeyOut]:
    keys = await service.list_keys(session, after=_after(cursor), limit=limit + 1)
    return Page(
        items=[ApiKeyOut.model_validate(key) for key in keys[:limit]],
        next_cursor=encode_cursor(keys[limit - 1].id) if len(keys) > limit else None,
    )


@key_router.post("", status_code=201)
async def create_key(session: SessionDep, caller: CallerDep, body: ApiKeyIn) -> NewApiKeyOut:
    """`key` is shown in this answer and never again, not even to a repeated Idempotency-Key: it is not stored."""
    secret, key = await service.create_key(session, body, creator=caller.identity)
    return NewApiKeyOut.model_validate({**ApiKeyOut.model_validate(key).model_dump(), "key": secret})


@key_router.delete("/{key_id}", status_code=204, dependencies=[_FORGETS])
async def delete_key(session: SessionDep, key_id: UUID) -> None:
    await service.delete_key(session, key_id)


def _logins(request: Request) -> Logins:
    logins = request.app.state.logins
    assert isinstance(logins, Logins)
    return logins


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _scope_of_nobody(request: Request) -> Scope:
    return Scope(
        org_id=None,
        actor="visitor",
        correlation_id=request.state.request_id,
        traceparent=request.state.traceparent,
    )


async def _end_present_session(request: Request) -> None:
    if not request.cookies.get(COOKIE):
        return
    authentication = authentication_of(request)
    try:
        caller = await authentication.caller(request, touch=False)
    except NotLoggedIn:
        return
    if caller.token_hash:
        async with database_of(request).transaction(scope_for(request, caller.identity)) as session:
            await service.end_session(session, caller.token_hash)
        authentication.forget(caller.identity.org_id)


def _set_cookie(response: Response, logins: Logins, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(logins.lifetimes.absolute.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=logins.secure_cookie,
    )


def _person(user_id: UUID | None) -> UUID:
    if user_id is None:
        raise PeopleOnly()
    return user_id


def _after(cursor: str | None) -> list[Any] | None:
    if cursor is None:
        return None
    [last_id] = decode_cursor(cursor, size=1)
    try:
        return [UUID(str(last_id))]
    except ValueError:
        raise invalid("cursor", "cursor_invalid", "The cursor is not one this list gave.") from None
