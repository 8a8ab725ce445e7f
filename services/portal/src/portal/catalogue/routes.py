"""The HTTP door of the catalogue."""

from uuid import UUID

from fastapi import APIRouter

from portal.authentication import ClientDep
from portal.catalogue import service
from portal.catalogue.schemas import ProductOut
from shared.errors import invalid
from shared.web.pagination import CursorParam, LimitParam, Page, decode_cursor, encode_cursor

router = APIRouter(prefix="/portal/api/catalogue", tags=["portal: client"])


@router.get("")
async def list_products(client: ClientDep, limit: LimitParam = 50, cursor: CursorParam = None) -> Page[ProductOut]:
    """By name."""
    rows = await service.list_products(client, after=_after(cursor), limit=limit + 1)
    return Page(
        items=[ProductOut.model_validate(product) for product, _ in rows[:limit]],
        next_cursor=encode_cursor(*rows[limit - 1][1]) if len(rows) > limit else None,
    )


def _after(cursor: str | None) -> tuple[str, UUID] | None:
    if cursor is None:
        return None
    name, last_id = decode_cursor(cursor, size=2)
    try:
        return str(name), UUID(str(last_id))
    except ValueError:
        raise invalid("cursor", "cursor_invalid", "The cursor is not one this list gave.") from None
