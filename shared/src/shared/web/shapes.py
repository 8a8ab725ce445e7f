"""The base of every HTTP shape, and the value types that several services speak."""

from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Annotated, Any, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    model_validator,
)

from shared.addresses import parse_email, parse_website
from shared.web.texts import is_empty, one_line, several_lines


class Shape(BaseModel):
    """A request body: unknown fields are refused, surrounding blanks are dropped, and a text that may be null is null
    where nothing is written in it.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_null(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        nullable = _nullable(cls)
        return {name: None if name in nullable and is_empty(value) else value for name, value in given.items()}


@cache
def _nullable(shape: type[Shape]) -> frozenset[str]:
    """Its texts that may be null: `Annotated[str, …] | None` for one."""
    kinds = {name: get_args(field.annotation) for name, field in shape.model_fields.items()}
    return frozenset(
        name
        for name, kind in kinds.items()
        if NoneType in kind and any(member is str or getattr(member, "__origin__", None) is str for member in kind)
    )


class View(BaseModel):
    """A response body, readable from rows."""

    model_config = ConfigDict(from_attributes=True)


Line = Annotated[str, StringConstraints(min_length=1, max_length=200), BeforeValidator(one_line)]
"""A required short text."""
ShortText = Annotated[str, StringConstraints(max_length=500), BeforeValidator(one_line)]
Paragraph = Annotated[str, StringConstraints(max_length=2_000), BeforeValidator(several_lines)]
Description = Annotated[str, StringConstraints(max_length=5_000), BeforeValidator(several_lines)]
LongText = Annotated[str, StringConstraints(max_length=20_000), BeforeValidator(several_lines)]
SearchText = Annotated[str, StringConstraints(max_length=300), BeforeValidator(one_line)]

CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 4217."""
Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(parse_email)]
Website = Annotated[str, StringConstraints(max_length=500), AfterValidator(parse_website), BeforeValidator(one_line)]
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
