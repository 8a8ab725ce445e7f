"""The HTTP door of access, for staff."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from portal.access import service
from portal.access.schemas import AccessIn, AccessOut, PasswordIn
from portal.dependencies import ContactsDep, PasswordsDep, SettingsDep
from portal.parties import service as parties
from shared.web.correlation import scope_for
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize, IdentityDep
from shared.web.reading import ReadingDep, json_answer
from shared.web.session import SessionDep, database_of
from shared.web.versions import ExpectedVersion, set_etag

router = APIRouter(
    prefix="/api/v1/contacts/{contact_id}/portal",
    tags=["portal"],
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("portal"))],
)
panel_router = APIRouter(include_in_schema=False, dependencies=[Depends(Authorize("portal"))])


@router.get("")
async def get_access(
    session: SessionDep, contacts: ContactsDep, settings: SettingsDep, contact_id: UUID, response: Response
) -> AccessOut:
    access = await service.get_access(session, contact_id, asker=contacts)
    set_etag(response, access.version)
    return AccessOut.of(access, url=await parties.portal_url(session, settings.public_url))


@router.put("")
async def change_access(
    session: SessionDep,
    contacts: ContactsDep,
    settings: SettingsDep,
    contact_id: UUID,
    body: AccessIn,
    expected: ExpectedVersion,
    response: Response,
) -> AccessOut:
    """Closing the portal ends the client's sessions."""
    access = await service.change_access(session, contact_id, body, expected=expected, asker=contacts)
    set_etag(response, access.version)
    return AccessOut.of(access, url=await parties.portal_url(session, settings.public_url))


@router.put("/password", status_code=204)
async def set_password(
    request: Request,
    identity: IdentityDep,
    contacts: ContactsDep,
    passwords: PasswordsDep,
    contact_id: UUID,
    body: PasswordIn,
    expected: ExpectedVersion,
    response: Response,
) -> None:
    """Ends the client's sessions."""
    password_hash = await passwords.hash(body.password)  # outside the transaction: no connection waits for it
    async with database_of(request).transaction(scope_for(request, identity)) as session:
        access = await service.set_password(session, contact_id, password_hash, expected=expected, asker=contacts)
    set_etag(response, access.version)


@router.delete("/password", status_code=204)
async def remove_password(
    session: SessionDep, contacts: ContactsDep, contact_id: UUID, expected: ExpectedVersion, response: Response
) -> None:
    """Without one the client cannot enter. Ends its sessions."""
    access = await service.set_password(session, contact_id, None, expected=expected, asker=contacts)
    set_etag(response, access.version)


@panel_router.get("/internal/contacts/{contact_id}/panel")
async def get_panel_part(reading: ReadingDep, settings: SettingsDep, contact_id: UUID) -> Response:
    return json_answer(await service.read_panel_part(*reading, contact_id, public_url=settings.public_url))
