"""HTTP shapes of orders."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from portal.catalogue.schemas import Plain
from shared.web.shapes import Money, Paragraph, Shape, View, prices

Quantity = Annotated[Decimal, Field(gt=0, le=1_000_000, max_digits=13, decimal_places=6)]


class OrderLineIn(Shape):
    product_id: UUID
    quantity: Quantity


class OrderIn(Shape):
    lines: Annotated[list[OrderLineIn], Field(min_length=1, max_length=100)]
    notes: Paragraph | None = None


class OrderLineOut(View):
    """As the catalogue showed it; the sales order that comes of it may say otherwise."""

    product_id: UUID
    name: str
    quantity: Plain
    unit_price: Money
    currency: str

    _prices = prices("unit_price")


class OrderOut(View):
    """`status`: `placed`, until its sales order (of the same id) is approved; from then on that one's."""

    id: UUID
    status: str
    lines: list[OrderLineOut]
    notes: str | None
    placed_at: datetime
