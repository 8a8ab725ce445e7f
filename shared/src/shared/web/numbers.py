"""How numbers and days are written in requests: in plain decimals, and as ISO 8601 has dates."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import AwareDatetime

_NUMBER = re.compile(r"[+-]?[0-9]*\.?[0-9]+")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+([Zz]|[+-][0-9]{2}:?[0-9]{2})?)?")
_UNIONS = (Union, UnionType)
_EXACT_DIGITS = 15
"""So many a JSON number keeps where readers make a double of it."""


def plain(value: Any) -> Any:
    """A number: no exponent, separators, other digits, truth values; no JSON number that has lost digits already.

    Raises ValueError.
    """
    if isinstance(value, bool) or (isinstance(value, str) and not _NUMBER.fullmatch(value.strip())):
        raise ValueError("a number in plain decimals is expected, like 1234.50")
    if isinstance(value, float) and len(Decimal(repr(value)).normalize().as_tuple().digits) > _EXACT_DIGITS:
        raise ValueError("so many digits are exact only in a string")
    return value


def calendar(value: Any) -> Any:
    """A date or moment: no seconds since 1970. Raises ValueError."""
    if isinstance(value, bool | int | float) or (isinstance(value, str) and not _ISO.fullmatch(value.strip())):
        raise ValueError("a date of ISO 8601 is expected, like 2026-12-31")
    return value


def check_for(annotation: Any) -> Callable[[Any], Any] | None:
    """What a field of this type is held to before it is read, if anything."""
    kinds = set(_kinds(annotation))
    if str in kinds or bool in kinds:
        return None
    if kinds & {int, Decimal, float}:
        return plain
    return calendar if kinds & {date, datetime, AwareDatetime} else None


def _kinds(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Annotated:
        return _kinds(get_args(annotation)[0])
    members = get_args(annotation)
    if not members:
        return [annotation]
    # Only alternatives: what a list or dict holds is not the field's own kind.
    return [kind for member in members for kind in _kinds(member)] if get_origin(annotation) in _UNIONS else []
