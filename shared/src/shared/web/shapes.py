"""The base of every HTTP shape, and the value types that several services speak."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

from shared.addresses import parse_email, parse_website


def _no_control_characters(value: str) -> str:
    # PostgreSQL cannot store NUL; the others have no business in a name or a note.
    if any(ord(c) < 32 and c not in "\n\r\t" for c in value):
        raise ValueError("control characters are not allowed")
    return value


class Shape(BaseModel):
    """A request body: unknown fields are refused, surrounding blanks are dropped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class View(BaseModel):
    """A response body, readable from rows."""

    model_config = ConfigDict(from_attributes=True)


Line = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_no_control_characters)]
"""A required short text."""
ShortText = Annotated[str, StringConstraints(max_length=500), AfterValidator(_no_control_characters)]
Paragraph = Annotated[str, StringConstraints(max_length=2_000), AfterValidator(_no_control_characters)]
Description = Annotated[str, StringConstraints(max_length=5_000), AfterValidator(_no_control_characters)]
LongText = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(_no_control_characters)]
SearchText = Annotated[str, StringConstraints(max_length=200), AfterValidator(_no_control_characters)]

CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 4217."""
Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(parse_email)]
Website = Annotated[
    str, StringConstraints(max_length=500), AfterValidator(_no_control_characters), AfterValidator(parse_website)
]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^(es|en|ca)$")]


def money_text(value: Decimal) -> str:
    """`"1234.50"`: two decimals at least, more only where the value has them."""
    exponent = value.normalize().as_tuple().exponent
    places = max(2, -exponent if isinstance(exponent, int) else 2)
    return f"{value:.{places}f}"


Money = Annotated[Decimal, PlainSerializer(money_text, return_type=str)]
"""Exact; a string in JSON."""
Amount = Annotated[Money, Field(max_digits=14, decimal_places=2)]
"""Money as people write it in requests: two decimals, up to 999,999,999,999.99."""
