"""The base of every HTTP shape, and the value types that several services speak."""

from collections.abc import Callable
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
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_serializer,
    field_validator,
    model_validator,
)

from shared.addresses import parse_email, parse_website
from shared.currencies import CURRENCIES, at_least, money_text, price_text
from shared.web.numbers import check_for
from shared.web.texts import is_empty, one_line, several_lines


class Shape(BaseModel):
    """A request body: unknown fields are refused, surrounding blanks are dropped, and a text that may be null is null
    where nothing is written in it. Numbers and days are taken as `shared.web.numbers` says.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_null(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        nullable = _nullable(cls)
        return {name: None if name in nullable and is_empty(value) else value for name, value in given.items()}

    @field_validator("*", mode="wrap")
    @classmethod
    def _written_plainly(cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        name = info.field_name or ""
        check = _checks(cls).get(name)
        if not isinstance(info.context, Stored):
            return handler(check(value) if check else value)
        try:
            return handler(check(value) if check else value)
        except ValueError:
            return info.context.read(name, value, handler)


class Stored:
    """What is there already, by the names of fields, at any depth: as JSON shows it, and as Python has it."""

    def __init__(self, shown: "View") -> None:
        self._values: dict[str, list[tuple[Any, Any]]] = {}
        self._add("", shown.model_dump(mode="json"), _unserialized(shown))

    def has(self, field: str, value: Any) -> bool:
        return any(type(value) is type(known) and value == known for known, _ in self._values.get(field, ()))

    def read(self, field: str, value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        """A value that is wrong today: as it is stored, where it is; of a list what is new is read by `handler`."""
        if self.has(field, value):
            return next(own for known, own in self._values[field] if known == value)
        try:
            if isinstance(value, list):
                return self._read_list(field, value, handler)
            if isinstance(value, dict):
                return self._read_dict(field, value, handler)
        except ValueError:
            pass  # The whole is told what is wrong: in a part of it, items stand in other places.
        return handler(value)

    def _read_list(self, field: str, value: list[Any], handler: ValidatorFunctionWrapHandler) -> list[Any]:
        read = iter(handler([item for item in value if not self._keeps(field, item)]))
        return [item if self._keeps(field, item) else next(read) for item in value]

    def _read_dict(self, field: str, value: dict[str, Any], handler: ValidatorFunctionWrapHandler) -> Any:
        kept = {name: item for name, item in value.items() if self.has(f"{field}.{name}", item)}
        read = handler({name: item for name, item in value.items() if name not in kept})
        return {name: kept.get(name, read.get(name)) for name in value} if isinstance(read, dict) else handler(value)

    def _keeps(self, field: str, item: Any) -> bool:
        return not isinstance(item, dict | list) and self.has(field, item)

    def _add(self, field: str, known: Any, own: Any) -> None:
        self._values.setdefault(field, []).append((known, own))
        if isinstance(known, dict):
            for name, value in known.items():
                self._add(name, value, own[name])
                self._values.setdefault(f"{field}.{name}", []).append((value, own[name]))
        elif isinstance(known, list):
            for value, mine in zip(known, own, strict=True):
                self._add(field, value, mine)


def _unserialized(value: Any) -> Any:
    """As Python has it, where even a dump for Python would write numbers as texts."""
    if isinstance(value, BaseModel):
        kind = type(value)
        return {name: _unserialized(getattr(value, name)) for name in (*kind.model_fields, *kind.model_computed_fields)}
    if isinstance(value, dict):
        return {name: _unserialized(item) for name, item in value.items()}
    return [_unserialized(item) for item in value] if isinstance(value, list) else value


@cache
def _checks(shape: type[Shape]) -> dict[str, Callable[[Any], Any]]:
    found = {name: check_for(field.annotation) for name, field in shape.model_fields.items()}
    return {name: check for name, check in found.items() if check}


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


def _known_currency(value: str) -> str:
    if value not in CURRENCIES:
        raise ValueError("not a currency of ISO 4217 that can be paid with")
    return value


CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), AfterValidator(_known_currency)]
Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(parse_email)]
Website = Annotated[str, StringConstraints(max_length=500), AfterValidator(parse_website), BeforeValidator(one_line)]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^(es|en|ca)$")]


Money = Annotated[Decimal, PlainSerializer(lambda value: f"{value:f}", return_type=str)]
"""Exact; a string in JSON, with the decimals it has. Beside a `currency`, `amounts` gives it those of that."""
Amount = Annotated[Money, Field(max_digits=15, decimal_places=3)]
"""Money in requests, up to 999,999,999,999.999. Whether its currency has so many decimals is the service's to check."""
Rate = Annotated[Decimal, PlainSerializer(lambda value: at_least(value, 2), return_type=str)]
"""Per cent: `"21.00"`."""


def amounts(*fields: str) -> Any:
    """Of a View with `currency`: these are written with exactly its decimals."""
    return field_serializer(*fields, return_type=str)(_amount_text)


def prices(*fields: str) -> Any:
    """Of a View with `currency`: these are written with its decimals at least."""
    return field_serializer(*fields, return_type=str)(_price_text)


def optional_prices(*fields: str) -> Any:
    """The same of fields that may be null."""
    return field_serializer(*fields, return_type=str | None)(_price_text)


# By the name of its first parameter pydantic knows that it wants the View.


def _amount_text(self: Any, value: Decimal) -> str:
    return money_text(value, self.currency)


def _price_text(self: Any, value: Decimal | None) -> str | None:
    return None if value is None else price_text(value, self.currency)
