"""The HTTP door of the feed."""

import time
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import Field

from gateway.accounts.scopes import events_heard
from gateway.authentication import CallerDep, authentication_of
from gateway.feed import service
from gateway.feed.bell import BELL
from gateway.feed.schemas import LAST_POSITION, AfterParam, ExpiredProblem, FeedOut, TypeParam, WaitParam
from gateway.feed.service import Reading
from shared.bus.waiting import wait_for_any
from shared.web.correlation import scope_for
from shared.web.pagination import Cursor, CursorParam, LimitParam
from shared.web.problems import MEDIA_TYPE
from shared.web.session import database_of

_ASK_EVERY: Final = 1.0
"""Seconds after which a waiting request looks by itself: another process may have appended."""

_CURSOR = Cursor[int](Annotated[int, Field(ge=0, le=LAST_POSITION)])  # type: ignore[arg-type]
_GONE: Final[dict[int | str, dict[str, Any]]] = {
    410: {
        "description": "`events.expired`: something after that position is not kept any more",
        "content": {MEDIA_TYPE: {"schema": ExpiredProblem.model_json_schema()}},
    }
}

router = APIRouter(prefix="/api/v1/events", tags=["events"])


@router.get("", response_model=FeedOut, responses=_GONE)
async def read_events(
    request: Request,
    caller: CallerDep,
    types: TypeParam = [],  # noqa: B006 - FastAPI copies it
    after: AfterParam = 0,
    limit: LimitParam = 50,
    wait: WaitParam = 0,
    cursor: CursorParam = None,
) -> Response:
    """Every event of the organisation from a position on, without gaps: of those types that the caller may read
    (`<owner>:read`; for the gateway's own `organization:read`, and `users:read` for what is about people and keys).

    Position order is commit order: after N nothing at or before N ever appears. An event is there once. Those of one
    aggregate may come out of order after a retry: apply what has a newer `aggregateversion` than what you have.
    A `cursor` goes before `after`. `after` past the feed's end is 422 `events.position_unknown`; before what is still
    kept, 410 `events.expired`.
    """
    asked_until = time.monotonic() + wait
    position = after if (given := _CURSOR.decode(cursor)) is None else given
    identity, database = caller.identity, database_of(request)
    assert identity.org_id
    with BELL.heard(identity.org_id) as rung:
        while True:
            rung.clear()
            # A transaction for each look: a connection that waits with its client is missing to everybody else.
            async with database.transaction(scope_for(request, identity)) as session:
                reading = await service.read(
                    session, after=position, heard=events_heard(identity.scopes), types=types, limit=limit
                )
            position, left = reading.position, asked_until - time.monotonic()
            if reading.events or left <= 0 or await _nobody_waits(request):
                return _answer(reading)
            if not reading.more:
                await wait_for_any(rung, within=min(left, _ASK_EVERY))
            # Who asks may have lost the right to while waiting.
            identity = (await authentication_of(request).caller(request, touch=False)).identity


async def _nobody_waits(request: Request) -> bool:
    """The client left, or the process is to stop."""
    stop = getattr(request.app.state, "stop", None)
    return (stop is not None and stop.is_set()) or await request.is_disconnected()


def _answer(reading: Reading) -> Response:
    """As bytes: the events are JSON already."""
    items = b",".join(b'{"position":%d,"event":%b}' % item for item in reading.events)
    cursor = b'"%b"' % _CURSOR.encode(reading.position).encode() if reading.more else b"null"
    body = b'{"items":[%b],"position":%d,"next_cursor":%b}' % (items, reading.position, cursor)
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})
