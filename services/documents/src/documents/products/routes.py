"""The HTTP door of products."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from documents.products import service
from documents.products.schemas import ProductIn, ProductOut, ProductPatch
from shared.errors import invalid
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize
from shared.web.pagination import CursorParam, LimitParam, Page, decode_cursor, encode_cursor
from shared.web.session import SessionDep
from shared.web.shapes import SearchText
from shared.web.versions import ExpectedVersion, set_etag

router = APIRouter(
    prefix="/api/v1/products",
    tags=["products"],
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("documents"))],
)


@router.get("")
async def list_products(
    session: SessionDep,
    q: Annotated[SearchText | None, Query(description="name, SKU or category")] = None,
    in_catalogue: bool | None = None,
    active: bool | None = None,
    limit: LimitParam = 50,
    cursor: CursorParam = None,
) -> Page[ProductOut]:
    """By name."""
    products = await service.list_products(
        session, q=q, in_catalogue=in_catalogue, active=active, after=_after(cursor), limit=limit + 1
    )
    last = products[limit - 1] if len(products) > limit else None
    return Page(
        items=[ProductOut.model_validate(product) for product in products[:limit]],
        next_cursor=encode_cursor(last.sort_name, last.id) if last else None,
    )


@router.post("", status_code=201)
async def create_product(session: SessionDep, body: ProductIn, response: Response) -> ProductOut:
    product = await service.create_product(session, body)
    set_etag(response, product.version)
    response.headers["Location"] = f"/api/v1/products/{product.id}"
    return ProductOut.model_validate(product)


@router.get("/{product_id}")
async def get_product(session: SessionDep, product_id: UUID, response: Response) -> ProductOut:
    product = await service.get_product(session, product_id)
    set_etag(response, product.version)
    return ProductOut.model_validate(product)


@router.patch("/{product_id}")
async def update_product(
    session: SessionDep, product_id: UUID, body: ProductPatch, expected: ExpectedVersion, response: Response
) -> ProductOut:
    product = await service.update_product(session, product_id, body, expected=expected)
    set_etag(response, product.version)
    return ProductOut.model_validate(product)


def _after(cursor: str | None) -> list[Any] | None:
    if cursor is None:
        return None
    name, last_id = decode_cursor(cursor, size=2)
    try:
        return [str(name), UUID(str(last_id))]
    except ValueError:
        raise invalid("cursor", "cursor_invalid", "The cursor is not one this list gave.") from None
