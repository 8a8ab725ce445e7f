"""The HTTP door of reports, and of this service's part of the panel."""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import BeforeValidator, Field

from documents.dependencies import ContactsDep
from documents.reports import service
from documents.reports.schemas import DocumentsPanelPart, ItemOut, YearOut
from documents.reports.spreadsheet import items_csv
from documents.values import Day
from shared.events.documents import Side
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize
from shared.web.numbers import plain
from shared.web.pagination import Cursor, CursorParam, LimitParam, Page, page_of
from shared.web.session import SessionDep
from shared.web.shapes import CurrencyCode

router = APIRouter(
    prefix="/api/v1/contacts/{contact_id}/reports",
    tags=["reports"],
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("documents"))],
)
panel_router = APIRouter(dependencies=[Depends(Authorize("documents"))])

MOST_EXPORTED = 10_000

YearParam = Annotated[
    int | None, BeforeValidator(plain), Query(ge=1990, le=2199, description="this year unless told otherwise")
]
_CURSOR = Cursor(tuple[Annotated[Decimal, Field(max_digits=28)], UUID])


@router.get(
    "/products",
    response_model=Page[ItemOut],
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def report_products(
    session: SessionDep,
    contacts: ContactsDep,
    contact_id: UUID,
    side: Side = "sales",
    first: Annotated[Day | None, Query(alias="from")] = None,
    last: Annotated[Day | None, Query(alias="to")] = None,
    currency: Annotated[CurrencyCode | None, Query(description="the organisation's unless told otherwise")] = None,
    wanted: Annotated[Literal["json", "csv"] | None, Query(alias="format")] = None,
    accept: Annotated[str | None, Header()] = None,
    limit: LimitParam = 50,
    cursor: CursorParam = None,
) -> Page[ItemOut] | Response:
    """Products and services sold to, or bought from, the contact, largest amount first.

    Lines without a product are gathered by their description. As CSV everything comes at once.
    """
    as_csv = wanted == "csv" or (wanted is None and "text/csv" in (accept or ""))
    rows = await service.list_items(
        session,
        contact_id,
        side=side,
        first=first,
        last=last,
        currency=currency,
        after=None if as_csv else _CURSOR.decode(cursor),
        limit=MOST_EXPORTED if as_csv else limit + 1,
        asker=contacts,
    )
    if as_csv:
        headers = {"Content-Disposition": f'attachment; filename="products-{side}.csv"'}
        body = items_csv(ItemOut.model_validate(row) for row in rows)
        return Response(body, headers=headers, media_type="text/csv; charset=utf-8")
    return page_of(
        rows, limit, ItemOut.model_validate, cursor=_CURSOR, key=lambda row: (row["amount"], row["item_key"])
    )


@router.get("/year")
async def report_year(session: SessionDep, contacts: ContactsDep, contact_id: UUID, year: YearParam = None) -> YearOut:
    """Sales and purchases by month, as the panel shows them."""
    return YearOut.model_validate(await service.get_year(session, contact_id, year=year, asker=contacts))


@panel_router.get("/internal/contacts/{contact_id}/panel", response_model=DocumentsPanelPart)
async def get_panel_part(session: SessionDep, contact_id: UUID, year: YearParam = None) -> Response:
    """DocumentsPanelPart, as bytes at once: this is the busiest answer of the service."""
    panel = await service.get_panel(session, contact_id, year=year)
    return Response(orjson.dumps(panel), media_type="application/json")
