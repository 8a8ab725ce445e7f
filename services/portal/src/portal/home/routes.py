"""The HTTP door of the client's first page."""

from fastapi import APIRouter

from portal.authentication import ClientDep
from portal.home import service
from portal.home.schemas import MeOut

router = APIRouter(prefix="/portal/api", tags=["portal: client"])


@router.get("/me")
async def get_me(client: ClientDep) -> MeOut:
    return MeOut.model_validate(await service.read_home(client))
