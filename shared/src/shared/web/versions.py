"""ETag and If-Match: `ETag: "<version>"` on every entity, 412 when a writer's copy is stale."""

import re
from typing import Annotated

from fastapi import Depends, Header, Response

from shared.errors import StaleVersion, invalid

_IF_MATCH = re.compile(r'(?:W/)?"?(\d{1,9})"?')


async def _expected_version(
    if_match: Annotated[str | None, Header(description='the ETag you read, e.g. `"3"`; absent or `*`: any')] = None,
) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    found = _IF_MATCH.fullmatch(if_match.strip())
    if not found:
        raise invalid("if-match", "if_match_invalid", 'If-Match takes one ETag, e.g. "3".')
    return int(found[1])


ExpectedVersion = Annotated[int | None, Depends(_expected_version)]


def set_etag(response: Response, version: int) -> None:
    response.headers["ETag"] = f'"{version}"'


def check_version(expected: int | None, actual: int) -> None:
    """Call it under the row's lock. Raises StaleVersion."""
    if expected is not None and expected != actual:
        raise StaleVersion(f"Version {expected} was sent; it is at version {actual} now.")
