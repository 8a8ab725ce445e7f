"""Value types that several nouns of this service speak."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, StringConstraints

from shared.web.numbers import calendar
from shared.web.shapes import Money


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
Day = Annotated[date, BeforeValidator(calendar), Field(ge=date(1990, 1, 1), le=date(2199, 12, 31))]
Plain = Annotated[Decimal, PlainSerializer(_plain, return_type=str)]
"""A string in JSON, without needless zeros."""
UnitPrice = Annotated[Money, Field(max_digits=16, decimal_places=6)]
Quantity = Annotated[Plain, Field(max_digits=14, decimal_places=6)]
Percent = Annotated[Plain, Field(ge=0, le=100, max_digits=6, decimal_places=3)]
