"""The HTTP door of orders."""

from uuid import UUID

from fastapi import APIRouter

from portal.authentication import ClientDep
from portal.orders import service
from portal.orders.schemas import OrderIn, OrderOut
from portal.orders.service import Ordered
from shared.errors import invalid
from shared.web.idempotency import IdempotentRoute
from shared.web.pagination import CursorParam, LimitParam, Page, decode_cursor, encode_cursor

router = APIRouter(prefix="/portal/api/orders", tags=["portal: client"], route_class=IdempotentRoute)


@router.get("")
async def list_orders(client: ClientDep, limit: LimitParam = 50, cursor: CursorParam = None) -> Page[OrderOut]:
    """Newest first."""
    rows = await service.list_orders(client, after=_after(cursor), limit=limit + 1)
    return Page(
        items=[_out(row) for row in rows[:limit]],
        next_cursor=encode_cursor(rows[limit - 1][0].id) if len(rows) > limit else None,
    )


@router.post("", status_code=201)
async def place_order(client: ClientDep, body: OrderIn) -> OrderOut:
    return _out(await service.place_order(client, body))


def _out(ordered: Ordered) -> OrderOut:
    order, status = ordered
    names = ("id", "lines", "notes", "placed_at")
    return OrderOut.model_validate({**{name: getattr(order, name) for name in names}, "status": status})


def _after(cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    [last_id] = decode_cursor(cursor, size=1)
    try:
        return UUID(str(last_id))
    except ValueError:
        raise invalid("cursor", "cursor_invalid", "The cursor is not one this list gave.") from None
