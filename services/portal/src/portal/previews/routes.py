"""The HTTP door of previews: staff ask for one, their browser opens it."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from portal.authentication import VisitorDep, end_present_preview, present_contact, set_preview_cookie
from portal.dependencies import ContactsDep, SettingsDep
from portal.errors import AlreadyInside
from portal.previews import service
from portal.previews.schemas import OpeningIn, PreviewedOut, PreviewOut
from shared.web.identity import Authorize, Demand, IdentityDep
from shared.web.session import SessionDep, database_of

# No IdempotentRoute: the answer is a secret, and would be stored. A preview shows documents, so it takes reading them.
router = APIRouter(
    prefix="/api/v1/contacts/{contact_id}/portal", tags=["portal"], dependencies=[Depends(Authorize("portal"))]
)
opening_router = APIRouter(prefix="/portal/api", tags=["portal: client"])


@router.post("/preview", status_code=201, dependencies=[Depends(Demand(*sorted(service.NEEDED)))])
async def create_preview(
    session: SessionDep, identity: IdentityDep, contacts: ContactsDep, settings: SettingsDep, contact_id: UUID
) -> PreviewOut:
    """A link that opens the contact's portal once, read-only, for some minutes. It is logged who asked.

    It ends no later than the API key that asks for it.
    """
    preview, token = await service.create_preview(session, contact_id, asker=contacts, until=identity.until)
    url = f"{settings.public_url}/portal/preview#{token}"
    return PreviewOut(url=url, expires_at=preview.expires_at)


@opening_router.post("/preview", status_code=201)
async def open_preview(request: Request, visitor: VisitorDep, body: OpeningIn, response: Response) -> PreviewedOut:
    """Opens it in this browser, once. The token is what stands behind the # of the link.

    Where a portal is open in this browser already, a client's or another preview, that is told first
    (`portal.already_inside`) and nothing happens without `beside`. The client's session is there again afterwards.
    """
    database = database_of(request)
    if not body.beside and (whose := await present_contact(request, visitor)):
        raise AlreadyInside(members={"contact": whose})
    await end_present_preview(request, visitor)
    async with database.transaction(visitor) as session:
        preview, token = await service.open_preview(session, body.token)
    set_preview_cookie(request, response, token)
    return PreviewedOut(expires_at=preview.expires_at)
