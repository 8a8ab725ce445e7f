"""Value types that several nouns of this service speak."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from babel.core import get_global
from pydantic import AfterValidator, Field, PlainSerializer, StringConstraints

from shared.web.shapes import CurrencyCode, Money


def _known_currency(value: str) -> str:
    if value not in _CURRENCIES:
        raise ValueError("not an ISO 4217 currency code")
    return value


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


_CURRENCIES = frozenset(get_global("all_currencies"))

Currency = Annotated[CurrencyCode, AfterValidator(_known_currency)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2199, 12, 31))]
UnitPrice = Annotated[Money, Field(max_digits=16, decimal_places=6)]
Quantity = Annotated[Decimal, Field(max_digits=14, decimal_places=6), PlainSerializer(_plain, return_type=str)]
"""A string in JSON, without needless zeros."""
Percent = Annotated[
    Decimal, Field(ge=0, le=100, max_digits=6, decimal_places=3), PlainSerializer(_plain, return_type=str)
]
