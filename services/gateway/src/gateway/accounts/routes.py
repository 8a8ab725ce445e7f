"""The HTTP door of organisations and users. Passwords are hashed here, between two transactions."""

from dataclasses import replace
from operator import attrgetter
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response

from gateway.accounts import service
from gateway.accounts.pictures import redraw
from gateway.accounts.schemas import (
    OrganizationOut,
    OrganizationPatch,
    UserIn,
    UserOut,
    UserPatch,
)
from gateway.accounts.sessions.routes import logins_of, scope_of_nobody
from gateway.authentication import CallerDep, authentication_of
from gateway.bodies import BoundedRoute
from gateway.confirmation import CONFIRMED, demand_confirmed
from shared.web.amending import Amended
from shared.web.correlation import scope_for
from shared.web.identity import Authorize, demand_sibling
from shared.web.pagination import BY_ID, CursorParam, LimitParam, Page, page_of
from shared.web.session import SessionDep, database_of
from shared.web.versions import ExpectedVersion, set_etag

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
logo_router = APIRouter(prefix="/logos", include_in_schema=False)
internal_router = APIRouter(prefix="/internal", include_in_schema=False)


@organization_router.get("")
async def get_organization(session: SessionDep, response: Response) -> OrganizationOut:
    organization = await service.get_organization(session)
    set_etag(response, organization.version)
    return OrganizationOut.model_validate(organization)


@organization_router.patch("")
async def update_organization(
    request: Request,
    session: SessionDep,
    caller: CallerDep,
    body: Amended[OrganizationPatch],
    expected: ExpectedVersion,
    response: Response,
) -> OrganizationOut:
    """Another account to be paid to takes a password given lately."""
    if await service.changes_account(session, body):
        await demand_confirmed(request, caller)
    organization = await service.update_organization(session, body, expected=expected)
    set_etag(response, organization.version)
    return OrganizationOut.model_validate(organization)


@organization_router.put("/logo", openapi_extra=_PICTURE)
async def set_logo(
    request: Request, caller: CallerDep, expected: ExpectedVersion, response: Response
) -> OrganizationOut:
    """The picture itself is the body, at most 2 MiB. It is drawn anew, 512 pixels at most each way."""
    picture = await redraw(await request.body())
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
    async with database_of(request).transaction(scope_of_nobody(request)) as session:
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
    users = await service.list_users(session, after=BY_ID.decode(cursor), limit=limit + 1)
    return page_of(users, limit, UserOut.model_validate, cursor=BY_ID, key=attrgetter("id"))


@user_router.post("", status_code=201, dependencies=[CONFIRMED])
async def create_user(request: Request, caller: CallerDep, body: UserIn, response: Response) -> UserOut:
    async with database_of(request).transaction(scope_for(request, caller.identity)) as session:
        await service.check_password(session, "password", body.password, about=(body.name, body.email))
    password_hash = await logins_of(request).passwords.hash(body.password)
    async with database_of(request).transaction(scope_for(request, caller.identity)) as session:
        user = await service.create_user(
            session, name=body.name, email=body.email, password_hash=password_hash, is_admin=body.is_admin
        )
    set_etag(response, user.version)
    return UserOut.model_validate(user)


@user_router.patch("/{user_id}", dependencies=[CONFIRMED])
async def update_user(
    request: Request,
    caller: CallerDep,
    user_id: UUID,
    body: Amended[UserPatch],
    expected: ExpectedVersion,
    response: Response,
) -> UserOut:
    database, scope = database_of(request), scope_for(request, caller.identity)
    password_hash = None
    async with database.transaction(scope) as session:
        user = await service.get_user(session, user_id)
        patch = body.beside(UserOut.model_validate(user))
        if patch.password:
            await service.check_password(session, "password", patch.password, about=(user.name, user.email))
    if patch.password:
        password_hash = await logins_of(request).passwords.hash(patch.password)
    async with database.transaction(scope) as session:
        user = await service.update_user(session, user_id, patch, password_hash=password_hash, expected=expected)
    authentication_of(request).forget(caller.identity.org_id)
    set_etag(response, user.version)
    return UserOut.model_validate(user)
