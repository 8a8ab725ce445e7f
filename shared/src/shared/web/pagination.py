"""Keyset pages: a cursor holds the sort values of the last row, never an offset."""

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import orjson
from fastapi import Query
from pydantic import BaseModel, BeforeValidator

from shared.errors import invalid
from shared.web.numbers import plain

ItemT = TypeVar("ItemT")

LimitParam = Annotated[int, BeforeValidator(plain), Query(ge=1, le=200, description="rows a page")]
CursorParam = Annotated[
    str | None, Query(min_length=1, max_length=2000, description="`next_cursor` of the page before")
]


class Page(BaseModel, Generic[ItemT]):
    items: list[ItemT]
    next_cursor: str | None = None


def encode_cursor(*values: Any) -> str:
    """Sort values of the last row: strings, numbers, dates, UUIDs (they come back as JSON values)."""
    return base64.urlsafe_b64encode(orjson.dumps(values, default=str)).decode().rstrip("=")


def decode_cursor(cursor: str, *, size: int) -> list[Any]:
    """The `size` values: texts, numbers, nulls. Raises Invalid for anything that `encode_cursor` did not make."""
    try:
        values = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        values = None
    if not isinstance(values, list) or len(values) != size or not all(map(_is_sort_value, values)):
        raise invalid("cursor", "cursor_invalid", "The cursor is not one this list gave.")
    return values


def moment(text: str) -> datetime:
    """As a cursor has it, in UTC. Raises ValueError, also for what is no moment there any more."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a moment without its offset")
    try:
        return found.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(str(error)) from error


def decode_place(cursor: str | None, key: Callable[[str], Any]) -> list[Any] | None:
    """Where a page of `shared.db.finding` goes on: the stage, the key as `key` reads it, the id. Raises Invalid."""
    if cursor is None:
        return None
    stage, value, last_id = decode_cursor(cursor, size=3)
    try:
        if stage not in range(3):
            raise ValueError
        return [int(stage), key(str(value)), UUID(str(last_id))]
    except (ValueError, TypeError):
        raise invalid("cursor", "cursor_invalid", "The cursor is not one this list gave.") from None


def _is_sort_value(value: Any) -> bool:
    # PostgreSQL has no text with NUL in it.
    return value is None or isinstance(value, int | float) or (isinstance(value, str) and "\0" not in value)
