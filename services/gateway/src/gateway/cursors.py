"""Cursors of the gateway's own lists."""

from typing import Any
from uuid import UUID

from shared.errors import invalid
from shared.web.pagination import decode_cursor


def ids_after(cursor: str | None) -> list[Any] | None:
    """The id a page ended with. Raises Invalid."""
    if cursor is None:
        return None
    [last_id] = decode_cursor(cursor, size=1)
    try:
        return [UUID(str(last_id))]
    except ValueError:
        raise invalid("cursor", "cursor_invalid", "The cursor is not one this list gave.") from None
