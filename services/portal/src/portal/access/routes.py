"""The HTTP door of access, for staff."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from portal.access import service
from portal.access.schemas import AccessIn, AccessOut, EmailsIn, PasswordIn, PortalPanelPart
from portal.authentication import hash_password, settle_salts
from portal.dependencies import ContactsDep, PasswordsDep, SettingsDep
from portal.replicas import service as replicas
from shared.passwords.rules import demand_strong
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
panel_router = APIRouter(dependencies=[Depends(Authorize("portal"))])


@router.get("")
async def get_access(
    session: SessionDep, contacts: ContactsDep, settings: SettingsDep, contact_id: UUID, response: Response
) -> AccessOut:
    access = await service.get_access(session, contact_id, asker=contacts)
    return await _out(session, settings, access, response)


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
    return await _out(session, settings, access, response)


@router.put("/emails")
async def set_emails(
    request: Request,
    identity: IdentityDep,
    contacts: ContactsDep,
    settings: SettingsDep,
    contact_id: UUID,
    body: EmailsIn,
    expected: ExpectedVersion,
    response: Response,
) -> AccessOut:
    """Let in e-mails that were added to the contact since its portal was opened, or shut one out."""
    database, scope = database_of(request), scope_for(request, identity)
    async with database.transaction(scope) as session:
        access = await service.get_access(session, contact_id, asker=contacts)
        known = set(await replicas.list_emails(session, contact_id))
    if access.password_hash:
        await settle_salts(request, scope, known & set(body.emails), prefer=access.password_hash)
    async with database.transaction(scope) as session:
        access = await service.set_emails(session, contact_id, body.emails, expected=expected, asker=contacts)
        return await _out(session, settings, access, response)


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
    """Ends the client's sessions. 422 `password_common` or `password_personal` for what is easily guessed."""
    database, scope = database_of(request), scope_for(request, identity)
    async with database.transaction(scope) as session:
        emails = await service.list_password_emails(session, contact_id, asker=contacts)
        words = await replicas.list_words(session, contact_id)
    demand_strong("password", body.password, about=words)
    hashes = await hash_password(request, scope, passwords, body.password, emails)
    async with database.transaction(scope) as session:
        access = await service.set_password(session, contact_id, hashes, expected=expected, asker=contacts)
    set_etag(response, access.version)


@router.delete("/password", status_code=204)
async def remove_password(
    session: SessionDep, contacts: ContactsDep, contact_id: UUID, expected: ExpectedVersion, response: Response
) -> None:
    """Without one the client cannot enter. Ends its sessions."""
    access = await service.set_password(session, contact_id, [], expected=expected, asker=contacts)
    set_etag(response, access.version)


@panel_router.get("/internal/contacts/{contact_id}/panel", response_model=PortalPanelPart)
async def get_panel_part(reading: ReadingDep, settings: SettingsDep, contact_id: UUID) -> Response:
    return json_answer(await service.read_panel_part(*reading, contact_id, public_url=settings.public_url))


async def _out(session: SessionDep, settings: SettingsDep, access: Any, response: Response) -> AccessOut:
    set_etag(response, access.version)
    url = await replicas.portal_url(session, settings.public_url)
    return AccessOut.of(access, known=await replicas.list_emails(session, access.contact_id), url=url)
