"""The HTTP door of previews: staff ask for one, their browser opens it."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from portal.authentication import VisitorDep, set_cookie
from portal.dependencies import ContactsDep, SettingsDep
from portal.previews import service
from portal.previews.schemas import PreviewOut
from shared.web.identity import Authorize
from shared.web.session import SessionDep, database_of

# No IdempotentRoute: the answer is a secret, and would be stored.
router = APIRouter(
    prefix="/api/v1/contacts/{contact_id}/portal", tags=["portal"], dependencies=[Depends(Authorize("portal"))]
)
opening_router = APIRouter(prefix="/portal/api", tags=["portal: client"])


@router.post("/preview", status_code=201)
async def create_preview(
    session: SessionDep, contacts: ContactsDep, settings: SettingsDep, contact_id: UUID
) -> PreviewOut:
    """A link that opens the contact's portal once, read-only, for some minutes. It is logged who asked."""
    preview, token = await service.create_preview(session, contact_id, asker=contacts)
    url = f"{settings.public_url}/portal/api/preview/{token}"
    return PreviewOut(url=url, expires_at=preview.expires_at)


@opening_router.get("/preview/{token}", status_code=303, response_class=RedirectResponse)
async def open_preview(request: Request, visitor: VisitorDep, settings: SettingsDep, token: str) -> Response:
    async with database_of(request).transaction(visitor) as session:
        preview, session_token = await service.open_preview(session, token)
    response = RedirectResponse("/portal", 303, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    set_cookie(response, settings, session_token, seconds=service.seconds_left(preview))
    return response
