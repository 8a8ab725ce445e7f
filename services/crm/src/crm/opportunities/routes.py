"""The HTTP door of opportunities."""

from operator import attrgetter
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from crm.dependencies import ContactsDep
from crm.opportunities import service
from crm.opportunities.schemas import LoseIn, OpportunityIn, OpportunityOut, OpportunityPatch
from shared.events.crm import OpportunityStatus
from shared.web.amending import Amended
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize
from shared.web.pagination import BY_ID, CursorParam, LimitParam, Page, page_of
from shared.web.session import SessionDep
from shared.web.versions import ExpectedVersion, set_etag

router = APIRouter(
    prefix="/api/v1/opportunities",
    tags=["opportunities"],
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("crm"))],
)


@router.get("")
async def list_opportunities(
    session: SessionDep,
    contact_id: UUID | None = None,
    status: OpportunityStatus | None = None,
    pipeline_id: UUID | None = None,
    stage_id: UUID | None = None,
    limit: LimitParam = 50,
    cursor: CursorParam = None,
) -> Page[OpportunityOut]:
    """Newest first."""
    found = await service.list_opportunities(
        session,
        contact_id=contact_id,
        status=status,
        pipeline_id=pipeline_id,
        stage_id=stage_id,
        after=BY_ID.decode(cursor),
        limit=limit + 1,
    )
    return page_of(found, limit, OpportunityOut.model_validate, cursor=BY_ID, key=attrgetter("id"))


@router.post("", status_code=201)
async def create_opportunity(
    session: SessionDep, contacts: ContactsDep, body: OpportunityIn, response: Response
) -> OpportunityOut:
    opportunity = await service.create_opportunity(session, body, contacts=contacts)
    set_etag(response, opportunity.version)
    response.headers["Location"] = f"/api/v1/opportunities/{opportunity.id}"
    return OpportunityOut.model_validate(opportunity)


@router.get("/{opportunity_id}")
async def get_opportunity(session: SessionDep, opportunity_id: UUID, response: Response) -> OpportunityOut:
    opportunity = await service.get_opportunity(session, opportunity_id)
    set_etag(response, opportunity.version)
    return OpportunityOut.model_validate(opportunity)


@router.patch("/{opportunity_id}")
async def update_opportunity(
    session: SessionDep,
    opportunity_id: UUID,
    body: Amended[OpportunityPatch],
    expected: ExpectedVersion,
    response: Response,
) -> OpportunityOut:
    """A new `stage_id` moves it; `pipeline_id` alone moves it to that pipeline's first stage."""
    opportunity = await service.update_opportunity(session, opportunity_id, body, expected=expected)
    set_etag(response, opportunity.version)
    return OpportunityOut.model_validate(opportunity)


@router.delete("/{opportunity_id}", status_code=204)
async def delete_opportunity(session: SessionDep, opportunity_id: UUID, expected: ExpectedVersion) -> None:
    """Hides it; `restore` brings it back."""
    await service.delete_opportunity(session, opportunity_id, expected=expected)


@router.post("/{opportunity_id}/restore")
async def restore_opportunity(session: SessionDep, opportunity_id: UUID, response: Response) -> OpportunityOut:
    opportunity = await service.restore_opportunity(session, opportunity_id)
    set_etag(response, opportunity.version)
    return OpportunityOut.model_validate(opportunity)


@router.post("/{opportunity_id}/win")
async def win_opportunity(session: SessionDep, opportunity_id: UUID, response: Response) -> OpportunityOut:
    opportunity = await service.win_opportunity(session, opportunity_id)
    set_etag(response, opportunity.version)
    return OpportunityOut.model_validate(opportunity)


@router.post("/{opportunity_id}/lose")
async def lose_opportunity(
    session: SessionDep, opportunity_id: UUID, body: LoseIn, response: Response
) -> OpportunityOut:
    opportunity = await service.lose_opportunity(session, opportunity_id, reason=body.reason)
    set_etag(response, opportunity.version)
    return OpportunityOut.model_validate(opportunity)


@router.post("/{opportunity_id}/reopen")
async def reopen_opportunity(session: SessionDep, opportunity_id: UUID, response: Response) -> OpportunityOut:
    """A won or lost one is open again, in the stage it was in."""
    opportunity = await service.reopen_opportunity(session, opportunity_id)
    set_etag(response, opportunity.version)
    return OpportunityOut.model_validate(opportunity)
