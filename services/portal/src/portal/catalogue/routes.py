"""The HTTP door of the catalogue."""

from operator import itemgetter
from uuid import UUID

from fastapi import APIRouter

from portal.authentication import ClientDep
from portal.catalogue import service
from portal.catalogue.schemas import ProductOut
from shared.web.pagination import Cursor, CursorParam, LimitParam, Page, Text, page_of

router = APIRouter(prefix="/portal/api/catalogue", tags=["portal: client"])

_CURSOR = Cursor(tuple[Text, UUID])


@router.get("")
async def list_products(client: ClientDep, limit: LimitParam = 50, cursor: CursorParam = None) -> Page[ProductOut]:
    """By name."""
    rows = await service.list_products(client, after=_CURSOR.decode(cursor), limit=limit + 1)
    return page_of(rows, limit, lambda row: ProductOut.model_validate(row[0]), cursor=_CURSOR, key=itemgetter(1))
