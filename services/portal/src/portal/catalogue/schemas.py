"""HTTP shapes of the catalogue."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import PlainSerializer

from shared.web.shapes import Money, View, prices


def plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


Plain = Annotated[Decimal, PlainSerializer(plain, return_type=str)]
"""A string in JSON, without needless zeros."""


class ProductOut(View):
    """`unit_price` is net of `taxes`."""

    id: UUID
    name: str
    sku: str | None
    description: str | None
    category: str | None
    unit_price: Money
    currency: str
    taxes: list[str]

    _prices = prices("unit_price")
