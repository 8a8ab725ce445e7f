"""HTTP shapes of products."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from documents.values import Code, UnitPrice
from shared.web.shapes import CurrencyCode, Description, Line, Money, Shape, View, optional_prices, prices

TaxCodes = Annotated[list[Code], Field(max_length=3)]
Price = Annotated[UnitPrice, Field(ge=0)]


class _Fields(Shape):
    sku: Line | None = None
    description: Description | None = None
    category: Line | None = None
    cost: Price | None = None


class ProductIn(_Fields):
    """`taxes` absent: the standard rate. `currency` absent: the organisation's."""

    name: Line
    unit_price: Price
    currency: CurrencyCode | None = None
    taxes: TaxCodes | None = None
    in_catalogue: bool = False
    active: bool = True


class ProductPatch(_Fields):
    """What is absent stays."""

    name: Line = ""
    unit_price: Price = Decimal(0)
    currency: CurrencyCode = ""
    taxes: TaxCodes = Field(default_factory=list)
    in_catalogue: bool = False
    active: bool = True


class ProductOut(View):
    id: UUID
    version: int
    name: str
    sku: str | None
    description: str | None
    category: str | None
    unit_price: Money
    cost: Money | None
    currency: str
    taxes: list[str]
    in_catalogue: bool
    active: bool
    created_at: datetime
    updated_at: datetime

    _prices = prices("unit_price")
    _costs = optional_prices("cost")
