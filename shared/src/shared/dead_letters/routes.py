"""A service's dead letters over HTTP, for administrators: the gateway asks here and composes all services' answers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from shared.db.tenancy import org_of
from shared.dead_letters import administration
from shared.dead_letters.administration import LetterFilter
from shared.dead_letters.listing import CURSOR, read_groups, read_letter, read_letters
from shared.dead_letters.schemas import (
    CauseParam,
    DecisionOut,
    DiscardIn,
    GroupOut,
    LetterDetail,
    LetterOut,
    NameParam,
    ReplayIn,
    ServiceText,
    StatusParam,
)
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize
from shared.web.pagination import CursorParam, LimitParam, Page
from shared.web.session import SessionDep

PATH = "/internal/dead-letters"


def _filters(status: StatusParam = "dead", cause: CauseParam = None, name: NameParam = None) -> LetterFilter:
    return LetterFilter(status=status, cause=cause, name=name)


FilterDep = Annotated[LetterFilter, Depends(_filters)]

router = APIRouter(
    prefix=PATH,
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("operations"))],
    include_in_schema=False,
)


@router.get("")
async def list_letters(
    session: SessionDep, filters: FilterDep, limit: LimitParam = 50, cursor: CursorParam = None
) -> Page[LetterOut]:
    """Returns a page of this service's letters, latest failure first."""
    return await read_letters(session, org_of(session), filters, after=CURSOR.decode(cursor), limit=limit)


@router.get("/groups")
async def list_groups(
    session: SessionDep, filters: FilterDep, limit: LimitParam = 50, cursor: CursorParam = None
) -> Page[GroupOut]:
    """Returns a page of them by cause."""
    return await read_groups(session, org_of(session), filters, after=CURSOR.decode(cursor), limit=limit)


@router.get("/{service}/{event_id}")
async def get_letter(session: SessionDep, service: ServiceText, event_id: UUID) -> LetterDetail:
    """Returns one of them whole. Raises DeadLetterNotFound."""
    return await read_letter(session, org_of(session), service, event_id)


@router.post("/replay")
async def replay(session: SessionDep, body: ReplayIn) -> DecisionOut:
    """Have those selected handled again. Raises NotDead, DeadLetterNotFound."""
    return DecisionOut.model_validate(
        await administration.replay(session, org_of(session), body.selection, reason=body.reason)
    )


@router.post("/discard")
async def discard(session: SessionDep, body: DiscardIn) -> DecisionOut:
    """Give those selected up for good. Raises NotDead, DeadLetterNotFound."""
    return DecisionOut.model_validate(
        await administration.discard(session, org_of(session), body.selection, reason=body.reason)
    )
