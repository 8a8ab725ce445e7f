"""The HTTP door of PDF files."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from documents.dependencies import ContactsDep, GatewayDep
from documents.printing.press import Press
from documents.printouts import service
from shared.web.correlation import scope_for
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize, IdentityDep
from shared.web.session import database_of


def _press(request: Request) -> Press:
    press = request.app.state.press
    assert isinstance(press, Press)
    return press


PressDep = Annotated[Press, Depends(_press)]

router = APIRouter(
    prefix="/api/v1/documents/{document_id}",
    tags=["documents"],
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("documents"))],
)


@router.get(
    "/pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
)
async def print_document(
    request: Request,
    identity: IdentityDep,
    contacts: ContactsDep,
    gateway: GatewayDep,
    press: PressDep,
    document_id: UUID,
) -> Response:
    """As it is sent. A draft bears a watermark."""
    # A transaction of its own rather than SessionDep: no connection is held while the page is drawn.
    async with database_of(request).transaction(scope_for(request, identity)) as session:
        printed = await service.compose_printout(session, document_id, contacts=contacts, gateway=gateway)
    pdf = await press.draw(printed)
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", printed.number or printed.type)
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "X-Content-Type-Options": "nosniff"}
    return Response(pdf, headers=headers, media_type="application/pdf")
