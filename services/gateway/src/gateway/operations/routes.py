"""The HTTP door of operations: what the services gave up on, and what an administrator decides about it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from gateway.bodies import BoundedIdempotentRoute
from gateway.clients import Clients
from gateway.operations.schemas import DiscardIn, GroupsOut, LettersOut, ReplayIn, ServiceName
from gateway.operations.service import OWN, Asking, gather
from shared.db.tenancy import org_of
from shared.dead_letters import administration
from shared.dead_letters.administration import LetterFilter
from shared.dead_letters.listing import CURSOR, merge_pages, read_groups, read_letter, read_letters
from shared.dead_letters.routes import FilterDep
from shared.dead_letters.schemas import DecisionOut, GroupOut, LetterDetail, LetterOut
from shared.web import problems
from shared.web.correlation import scope_for
from shared.web.identity import Authorize, IdentityDep
from shared.web.pagination import CursorParam, LimitParam
from shared.web.session import SessionDep, database_of

router = APIRouter(
    prefix="/api/v1/operations/dead-letters",
    tags=["operations"],
    route_class=BoundedIdempotentRoute,
    dependencies=[Depends(Authorize("operations"))],
)

ServiceParam = Annotated[ServiceName | None, Query(description="of this service only")]


def _asking(request: Request, identity: IdentityDep) -> Asking:
    clients = request.app.state.clients
    assert isinstance(clients, Clients)
    headers = {"X-Request-ID": request.state.request_id, "traceparent": request.state.traceparent}
    if key := request.headers.get("idempotency-key"):
        headers["Idempotency-Key"] = key
    return Asking(clients, identity, headers)


AskingDep = Annotated[Asking, Depends(_asking)]


@router.get("")
async def list_dead_letters(
    request: Request,
    asking: AskingDep,
    filters: FilterDep,
    service: ServiceParam = None,
    limit: LimitParam = 50,
    cursor: CursorParam = None,
) -> LettersOut:
    """Events that a service could not handle, after all its attempts. Latest failure first."""
    after = CURSOR.decode(cursor)
    services, query = _asked(asking, filters, service, limit, cursor)
    pages, unavailable = await gather(asking, services, "", query, LetterOut)
    if service in (None, OWN):
        async with database_of(request).transaction(scope_for(request, asking.identity)) as session:
            pages.append(await read_letters(session, org_of(session), filters, after=after, limit=limit))
    return LettersOut.model_validate({**dict(merge_pages(pages, limit)), "unavailable": unavailable})


@router.get("/groups")
async def list_groups(
    request: Request,
    asking: AskingDep,
    filters: FilterDep,
    service: ServiceParam = None,
    limit: LimitParam = 50,
    cursor: CursorParam = None,
) -> GroupsOut:
    """The same by cause: how many, since when, and one of them to look at. Latest failure first."""
    after = CURSOR.decode(cursor)
    services, query = _asked(asking, filters, service, limit, cursor)
    pages, unavailable = await gather(asking, services, "/groups", query, GroupOut)
    if service in (None, OWN):
        async with database_of(request).transaction(scope_for(request, asking.identity)) as session:
            pages.append(await read_groups(session, org_of(session), filters, after=after, limit=limit))
    return GroupsOut.model_validate({**dict(merge_pages(pages, limit)), "unavailable": unavailable})


@router.get("/{service}/{event_id}", response_model=LetterDetail)
async def get_dead_letter(request: Request, asking: AskingDep, service: ServiceName, event_id: UUID) -> Any:
    """One of them: the event as it came, why it failed, and what was done about it."""
    if service == OWN:
        async with database_of(request).transaction(scope_for(request, asking.identity)) as session:
            return await read_letter(session, org_of(session), service, event_id)
    return _answer(*await asking.read(f"/{service}/{event_id}", service))


@router.post("/replay", response_model=DecisionOut)
async def replay_dead_letters(session: SessionDep, asking: AskingDep, body: ReplayIn) -> Any:
    """Have the service handle them again, once the cause is mended: soon, once each, and only those that are dead."""
    if body.service == OWN:
        return await administration.replay(session, org_of(session), body.selection, reason=body.reason)
    return _answer(*await asking.send("/replay", body.service, body))


@router.post("/discard", response_model=DecisionOut)
async def discard_dead_letters(session: SessionDep, asking: AskingDep, body: DiscardIn) -> Any:
    """Give them up for good. The reason is kept."""
    if body.service == OWN:
        return await administration.discard(session, org_of(session), body.selection, reason=body.reason)
    return _answer(*await asking.send("/discard", body.service, body))


def _asked(
    asking: Asking, filters: LetterFilter, service: str | None, limit: int, cursor: str | None
) -> tuple[list[str], dict[str, str | int | None]]:
    """Returns the services to ask, and the query to ask them."""
    services = [name for name in asking.clients.services if service in (None, name)]
    query = {"status": filters.status, "cause": filters.cause, "name": filters.name, "limit": limit, "cursor": cursor}
    return services, query


def _answer(status: int, body: bytes) -> Response:
    """The service's own, whatever it says."""
    return Response(body, status, media_type="application/json" if status < 400 else problems.MEDIA_TYPE)
