"""The HTTP door of orders."""

from fastapi import APIRouter

from portal.authentication import ClientDep
from portal.orders import service
from portal.orders.schemas import OrderIn, OrderOut
from portal.orders.service import Ordered
from shared.web.idempotency import IdempotentRoute
from shared.web.pagination import BY_ID, CursorParam, LimitParam, Page, page_of

router = APIRouter(prefix="/portal/api/orders", tags=["portal: client"], route_class=IdempotentRoute)


@router.get("")
async def list_orders(client: ClientDep, limit: LimitParam = 50, cursor: CursorParam = None) -> Page[OrderOut]:
    """Newest first."""
    rows = await service.list_orders(client, after=BY_ID.decode(cursor), limit=limit + 1)
    return page_of(rows, limit, _out, cursor=BY_ID, key=lambda ordered: ordered[0].id)


@router.post("", status_code=201)
async def place_order(client: ClientDep, body: OrderIn) -> OrderOut:
    return _out(await service.place_order(client, body))


def _out(ordered: Ordered) -> OrderOut:
    order, status = ordered
    names = ("id", "lines", "notes", "placed_at")
    return OrderOut.model_validate({**{name: getattr(order, name) for name in names}, "status": status})
