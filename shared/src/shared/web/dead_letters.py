"""A service's dead letters over HTTP: the gateway asks here for an administrator. Shapes and pages serve the gateway's
own door and the command line too.
"""

import base64
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self, TypeVar
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query
from pydantic import Field, StringConstraints, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus import decisions
from shared.bus.decisions import Found, Place, Wanted, Which, Whose
from shared.db.tenancy import org_of
from shared.errors import invalid
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize
from shared.web.pagination import CursorParam, LimitParam, Page, decode_cursor, encode_cursor
from shared.web.session import SessionDep
from shared.web.shapes import Shape, ShortText, View

PATH = "/internal/dead-letters"

Status = Literal["dead", "replaying", "replayed", "discarded"]
_SERVICE = r"[a-z][a-z0-9_]{0,39}"
ServiceText = Annotated[str, StringConstraints(pattern=f"^{_SERVICE}$")]
Cause = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
NameText = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]

StatusParam = Annotated[Status, Query(description="what became of them")]
CauseParam = Annotated[Cause | None, Query(description="exactly this cause, as a group names it")]
NameParam = Annotated[NameText | None, Query(description="the event's wire name")]


class LetterOut(View):
    """An event that a service gave up on. `cause` is the reason without what differs from case to case."""

    service: str
    event_id: UUID
    org_id: UUID | None
    name: str
    cause: str
    reason: str
    handler: str
    attempts: int
    first_failed_at: datetime
    last_failed_at: datetime
    status: Status

    @property
    def place(self) -> Place:
        return self.last_failed_at, self.event_id, self.service


class GroupOut(View):
    """Letters of one cause. `example_id` is the event that failed last."""

    service: str
    cause: str
    name: str
    handler: str
    count: int
    first_failed_at: datetime
    last_failed_at: datetime
    example_id: UUID

    @property
    def place(self) -> Place:
        return self.last_failed_at, self.example_id, self.service


class ActionOut(View):
    """`action` is the status it led to."""

    at: datetime
    actor: str
    action: Status
    reason: str


class LetterDetail(LetterOut):
    """`body` is the event when it is JSON; whatever else came is in `body_base64`."""

    headers: dict[str, str | int]
    body: Any = None
    body_base64: str | None = None
    actions: list[ActionOut]


class ReplayIn(Shape):
    """Exactly one of `event_id`, `cause` and `all` says which."""

    service: ServiceText
    event_id: UUID | None = None
    cause: Cause | None = None
    all: Literal[True] | None = None
    reason: ShortText = ""

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if sum(given is not None for given in (self.event_id, self.cause, self.all)) != 1:
            raise ValueError("exactly one of event_id, cause and all says which")
        return self

    @property
    def which(self) -> Which:
        return Which(self.service, self.event_id, self.cause)


class DiscardIn(Shape):
    """Exactly one of `event_id` and `cause` says which."""

    service: ServiceText
    event_id: UUID | None = None
    cause: Cause | None = None
    reason: Annotated[ShortText, Field(min_length=1)]

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if (self.event_id is None) == (self.cause is None):
            raise ValueError("exactly one of event_id and cause says which")
        return self

    @property
    def which(self) -> Which:
        return Which(self.service, self.event_id, self.cause)


class DecidedOut(View):
    """`changed` were dead; `skipped` are of the same cause, but were settled before, or about to be."""

    service: str
    action: Status
    changed: int
    skipped: int


ItemT = TypeVar("ItemT", LetterOut, GroupOut)


async def read_letters(
    session: AsyncSession, whose: Whose, wanted: Wanted, *, after: Place | None, limit: int
) -> Page[LetterOut]:
    rows = await decisions.list_letters(session, whose, wanted, after=after, limit=limit + 1)
    return _page_of([LetterOut.model_validate(row) for row in rows], limit)


async def read_groups(
    session: AsyncSession, whose: Whose, wanted: Wanted, *, after: Place | None, limit: int
) -> Page[GroupOut]:
    rows = await decisions.list_groups(session, whose, wanted, after=after, limit=limit + 1)
    return _page_of([GroupOut.model_validate(dict(row)) for row in rows], limit)


async def read_letter(session: AsyncSession, whose: Whose, service: str, event_id: UUID) -> LetterDetail:
    """Raises DeadLetterNotFound."""
    letter, actions = await decisions.get_letter(session, whose, service, event_id)
    return LetterDetail(
        **LetterOut.model_validate(letter).model_dump(),
        **_body(letter),
        headers=orjson.loads(letter.headers),
        actions=[ActionOut.model_validate(action) for action in actions],
    )


def merge(pages: Sequence[Page[ItemT]], limit: int) -> Page[ItemT]:
    """One page of all: each is of another service, in the same order, and was continued after the same place."""
    items = sorted((item for page in pages for item in page.items), key=lambda item: item.place, reverse=True)
    return _page_of(items, limit, more=any(page.next_cursor for page in pages))


def _page_of(items: Sequence[ItemT], limit: int, *, more: bool = False) -> Page[ItemT]:
    """The first `limit` of them. `more`: there are others behind them that were not read."""
    shown = list(items[:limit])
    goes_on = shown and (more or len(items) > limit)
    return Page(items=shown, next_cursor=encode_cursor(*shown[-1].place) if goes_on else None)


def place_of(cursor: str | None) -> Place | None:
    """Raises Invalid."""
    if cursor is None:
        return None
    failed_at, event_id, service = decode_cursor(cursor, size=3)
    try:
        if re.fullmatch(_SERVICE, str(service)):
            return datetime.fromisoformat(str(failed_at)).astimezone(UTC), UUID(str(event_id)), str(service)
    except (ValueError, OverflowError):
        pass
    raise invalid("cursor", "cursor_invalid", "The cursor is not one this list gave.")


def _body(letter: Found) -> dict[str, Any]:
    try:
        return {"body": orjson.loads(letter.body)}
    except ValueError:
        return {"body_base64": base64.b64encode(letter.body).decode()}


def _wanted(status: StatusParam = "dead", cause: CauseParam = None, name: NameParam = None) -> Wanted:
    return Wanted(status=status, cause=cause, name=name)


WantedDep = Annotated[Wanted, Depends(_wanted)]

router = APIRouter(
    prefix=PATH,
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("operations"))],
    include_in_schema=False,
)


@router.get("")
async def list_letters(
    session: SessionDep, wanted: WantedDep, limit: LimitParam = 50, cursor: CursorParam = None
) -> Page[LetterOut]:
    return await read_letters(session, org_of(session), wanted, after=place_of(cursor), limit=limit)


@router.get("/groups")
async def list_groups(
    session: SessionDep, wanted: WantedDep, limit: LimitParam = 50, cursor: CursorParam = None
) -> Page[GroupOut]:
    return await read_groups(session, org_of(session), wanted, after=place_of(cursor), limit=limit)


@router.get("/{service}/{event_id}")
async def get_letter(session: SessionDep, service: ServiceText, event_id: UUID) -> LetterDetail:
    return await read_letter(session, org_of(session), service, event_id)


@router.post("/replay")
async def replay(session: SessionDep, body: ReplayIn) -> DecidedOut:
    return DecidedOut.model_validate(await decisions.replay(session, org_of(session), body.which, reason=body.reason))


@router.post("/discard")
async def discard(session: SessionDep, body: DiscardIn) -> DecidedOut:
    return DecidedOut.model_validate(await decisions.discard(session, org_of(session), body.which, reason=body.reason))
