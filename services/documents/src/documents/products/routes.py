"""The HTTP door of products."""

from operator import itemgetter
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from documents.products import service
from documents.products.schemas import ProductIn, ProductOut, ProductPatch
from shared.web.amending import Amended
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize
from shared.web.pagination import Cursor, CursorParam, LimitParam, Page, Stage, Text, page_of
from shared.web.session import SessionDep
from shared.web.shapes import SearchText
from shared.web.versions import ExpectedVersion, set_etag

router = APIRouter(
    prefix="/api/v1/products",
    tags=["products"],
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("documents"))],
)

_CURSOR = Cursor(tuple[Stage, Text, UUID])


@router.get("")
async def list_products(
    session: SessionDep,
    q: Annotated[SearchText | None, Query(description="name, SKU or category")] = None,
    in_catalogue: bool | None = None,
    active: bool | None = None,
    limit: LimitParam = 50,
    cursor: CursorParam = None,
) -> Page[ProductOut]:
    """By name. A search gives what is exactly as asked first, and what is only similar where nothing is as written."""
    rows = await service.list_products(
        session, q=q, in_catalogue=in_catalogue, active=active, after=_CURSOR.decode(cursor), limit=limit + 1
    )
    return page_of(rows, limit, lambda row: ProductOut.model_validate(row[0]), cursor=_CURSOR, key=itemgetter(1))


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
    session: SessionDep, product_id: UUID, body: Amended[ProductPatch], expected: ExpectedVersion, response: Response
) -> ProductOut:
    product = await service.update_product(session, product_id, body, expected=expected)
    set_etag(response, product.version)
    return ProductOut.model_validate(product)
