"""The HTTP door of the company: what is seen of it before logging in."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from portal.authentication import VisitorDep
from portal.replicas import service
from portal.replicas.schemas import OrganizationOut
from shared.web.session import database_of
from shared.web.shapes import SearchText

router = APIRouter(prefix="/portal/api", tags=["portal: client"])


@router.get("/company")
async def get_company(
    request: Request,
    visitor: VisitorDep,
    organization: Annotated[SearchText, Query(description="the slug in the link that the company gave")],
) -> OrganizationOut:
    """Name, logo and colour, as they stand on its website too."""
    async with database_of(request).transaction(visitor) as session:
        return OrganizationOut.model_validate(await service.find_organization(session, organization))
