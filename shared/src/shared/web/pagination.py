"""Keyset pages: a cursor holds the sort key of the page's last row, never an offset.

A route declares its `Cursor` once, reads `limit + 1` rows after `cursor.decode(...)`, and answers `page_of(...)`.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar, get_origin
from uuid import UUID

import orjson
from fastapi import Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, StringConstraints, TypeAdapter

from shared.errors import invalid
from shared.web.numbers import plain

RowT = TypeVar("RowT")
ItemT = TypeVar("ItemT")
KeyT = TypeVar("KeyT")

LimitParam = Annotated[int, BeforeValidator(plain), Query(ge=1, le=200, description="rows a page")]
CursorParam = Annotated[
    str | None, Query(min_length=1, max_length=2000, description="`next_cursor` of the page before")
]


class Page(BaseModel, Generic[ItemT]):
    items: list[ItemT]
    next_cursor: str | None = None


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(str(error)) from error


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
"""PostgreSQL has no text with NUL in it."""
Stage = Literal[0, 1, 2]
"""How near to what was searched the last row came: see `shared.db.finding`."""


class Cursor(Generic[KeyT]):
    """The cursors of one list, whose rows are sorted by a key of the type `KeyT`.

    `shape` is a tuple type, as in `Cursor(tuple[Moment, UUID])`, or one type: `Cursor(UUID)`. Of its parts, texts and
    moments are written `Text` and `Moment`.
    """

    def __init__(self, shape: type[KeyT]) -> None:
        self._single = get_origin(shape) is not tuple
        self._keys: TypeAdapter[Any] = TypeAdapter(tuple[shape] if self._single else shape)  # type: ignore[valid-type]

    def encode(self, key: KeyT) -> str:
        """Returns `key` as base64url of a JSON array."""
        return encode_cursor(key) if self._single else encode_cursor(*key)  # type: ignore[misc]

    def decode(self, cursor: str | None) -> KeyT | None:
        """Returns the key that `encode` was given; None for None, the first page. Raises Invalid for any other text."""
        if cursor is None:
            return None
        try:
            found = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            key = self._keys.validate_json(found, strict=True)
        except (binascii.Error, ValueError):
            raise invalid("cursor", "cursor_invalid", "The cursor is not one this list gave.") from None
        return key[0] if self._single else key  # type: ignore[no-any-return]


BY_ID = Cursor(UUID)
"""Of lists that are sorted by their ids."""


def encode_cursor(*values: Any) -> str:
    """Returns `values` (strings, numbers, dates, UUIDs; others as `str`) as base64url of a JSON array."""
    return base64.urlsafe_b64encode(orjson.dumps(values, default=str)).decode().rstrip("=")


def page_of(
    rows: Sequence[RowT],
    limit: int,
    item: Callable[[RowT], ItemT],
    *,
    cursor: Cursor[KeyT],
    key: Callable[[RowT], KeyT],
    more: bool = False,
) -> Page[ItemT]:
    """Returns the first `limit` of `rows` as items; the page goes on where there is one row more, or `more` are unread.

    `item` makes what is answered of a row, `key` what the list is sorted by.
    """
    shown = rows[:limit]
    goes_on = shown and (more or len(rows) > limit)
    return Page(items=[item(row) for row in shown], next_cursor=cursor.encode(key(shown[-1])) if goes_on else None)
