"""ETag and If-Match: `ETag: "<version>"` on every entity, 412 when a writer's copy is stale (RFC 9110, 13.1).

What is shown of others beside it changes without its version; then the tag tells that too: `"<version>.<digest>"`.
"""

import hashlib
import re
from typing import Annotated, Final

from fastapi import Depends, Header, Request, Response

from shared.errors import BadRequest, FieldError
from shared.versions import Expected

_TAG: Final = re.compile(r'(W/)?"([!\x23-\x7e]*)"')
_TAGS: Final = re.compile(rf"\s*{_TAG.pattern}\s*(?:,\s*(?:{_TAG.pattern}\s*)?)*")
_VERSION: Final = re.compile(r"(0|[1-9][0-9]{0,17})(?:\.[0-9a-f]{12})?")


async def _expected_version(
    request: Request,
    if_match: Annotated[  # noqa: ARG001 - for the document; of several lines it has but one
        str | None, Header(description='the ETag you read, e.g. `"3"`, or several; absent or `*`: any')
    ] = None,
) -> Expected:
    lines = request.headers.getlist("if-match")
    sent = ", ".join(lines)
    if not lines or sent.strip() == "*":
        return None
    if not _TAGS.fullmatch(sent):
        detail = 'If-Match takes ETags, e.g. "3", separated by commas, or *.'
        raise BadRequest(detail, errors=[FieldError("if-match", "if_match_invalid", detail)])
    # Strong comparison: a weak tag is the same as nothing, and what is none of our tags was never anything's.
    tags = [_VERSION.fullmatch(tag) for weak, tag in _TAG.findall(sent) if not weak]
    return frozenset(int(tag[1]) for tag in tags if tag)


ExpectedVersion = Annotated[Expected, Depends(_expected_version)]


def set_etag(response: Response, version: int, *, beside: str = "") -> None:
    """`beside`: what the answer says of others than the entity. A writer's copy is judged by the version alone."""
    digest = f".{hashlib.blake2s(beside.encode(), digest_size=6).hexdigest()}" if beside else ""
    response.headers["ETag"] = f'"{version}{digest}"'


def is_same(if_none_match: str, etag: str) -> bool:
    """Weak comparison: whether who sends this already has what `etag` names. What is no list of tags names nothing."""
    if if_none_match.strip() == "*":
        return True
    if not _TAGS.fullmatch(if_none_match):
        return False
    return etag.removeprefix("W/").strip('"') in [tag for _, tag in _TAG.findall(if_none_match)]
