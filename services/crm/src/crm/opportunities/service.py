"""What can be done with opportunities."""

from collections.abc import Iterable
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm.errors import OpportunityClosed
from crm.models import Opportunity, Share
from crm.opportunities import events, repository
from crm.opportunities.schemas import OpportunityIn, OpportunityOut, OpportunityPatch
from crm.pipelines.service import choose_stage
from crm.replicas.service import require_contact
from shared.clock import utc_now
from shared.currencies import exact_amount
from shared.db.tenancy import org_of
from shared.events.base import Event
from shared.events.crm import (
    OpportunityCreated,
    OpportunityDeleted,
    OpportunityLost,
    OpportunityState,
    OpportunityStatus,
    OpportunityUpdated,
    OpportunityWon,
)
from shared.identifiers import new_id
from shared.service_client import ServiceClient
from shared.versions import Expected, check_version
from shared.web.amending import Amendment


async def list_opportunities(
    session: AsyncSession,
    *,
    contact_id: UUID | None = None,
    status: OpportunityStatus | None = None,
    pipeline_id: UUID | None = None,
    stage_id: UUID | None = None,
    after: UUID | None = None,
    limit: int,
) -> list[Opportunity]:
    """Newest first."""
    return await repository.list_opportunities(
        session,
        contact_id=contact_id,
        status=status,
        pipeline_id=pipeline_id,
        stage_id=stage_id,
        after=after,
        limit=limit,
    )


async def get_opportunity(session: AsyncSession, opportunity_id: UUID) -> Opportunity:
    """Raises OpportunityNotFound."""
    return await repository.require_opportunity(session, opportunity_id)


async def create_opportunity(session: AsyncSession, given: OpportunityIn, *, contacts: ServiceClient) -> Opportunity:
    """Raises ContactNotFound, Invalid, Unavailable."""
    contact = await require_contact(session, given.contact_id, contacts)
    stage = await choose_stage(session, pipeline_id=given.pipeline_id, stage_id=given.stage_id)
    now = utc_now()
    opportunity = Opportunity(
        org_id=org_of(session),
        id=new_id(),
        version=1,
        created_at=now,
        updated_at=now,
        contact_id=contact.id,
        contact=contact,
        title=given.title,
        pipeline_id=stage.pipeline_id,
        stage_id=stage.id,
        stage=stage,
        value=exact_amount("value", given.value, given.currency),
        currency=given.currency,
        probability=stage.probability if given.probability is None else given.probability,
        expected_close=given.expected_close,
        status="open",
        lost_reason=None,
        closed_at=None,
        deleted_at=None,
    )
    await _save(session, opportunity, OpportunityCreated, before=None)
    return opportunity


async def update_opportunity(
    session: AsyncSession, opportunity_id: UUID, given: Amendment[OpportunityPatch], *, expected: Expected
) -> Opportunity:
    """Only what was sent changes; sending what is there already changes nothing and says nothing.

    Raises OpportunityNotFound, StaleVersion, OpportunityClosed (only open ones move), Invalid.
    """
    opportunity = await repository.require_opportunity(session, opportunity_id, lock=True)
    check_version(expected, opportunity.version)
    patch = given.beside(OpportunityOut.model_validate(opportunity))
    before = opportunity.open_share
    sent = patch.model_dump(exclude_unset=True, exclude={"pipeline_id", "stage_id"})
    currency, value = sent.get("currency", opportunity.currency), sent.get("value", opportunity.value)
    if (currency, value) != (opportunity.currency, opportunity.value):
        sent["value"] = exact_amount("value", value, currency)
    moved = await _moved(session, opportunity, pipeline_id=patch.pipeline_id, stage_id=patch.stage_id)
    changed = opportunity.change({**moved, **sent})
    if changed:
        await _save(session, opportunity, OpportunityUpdated, before=before, changed=changed)
    return opportunity


async def win_opportunity(session: AsyncSession, opportunity_id: UUID) -> Opportunity:
    """Winning what is won changes nothing. Raises OpportunityNotFound, OpportunityClosed."""
    return await _close(session, opportunity_id, "won", OpportunityWon)


async def lose_opportunity(session: AsyncSession, opportunity_id: UUID, *, reason: str) -> Opportunity:
    """Losing what is lost changes nothing: the first reason stays. Raises OpportunityNotFound, OpportunityClosed."""
    return await _close(session, opportunity_id, "lost", OpportunityLost, reason=reason)


async def reopen_opportunity(session: AsyncSession, opportunity_id: UUID) -> Opportunity:
    """Back to the stage it was in. Reopening what is open changes nothing. Raises OpportunityNotFound."""
    opportunity = await repository.require_opportunity(session, opportunity_id, lock=True)
    return await _change(
        session, opportunity, OpportunityUpdated, {"status": "open", "lost_reason": None, "closed_at": None}
    )


async def delete_opportunity(session: AsyncSession, opportunity_id: UUID, *, expected: Expected) -> None:
    """Hide it; `restore_opportunity` brings it back. Raises OpportunityNotFound, StaleVersion."""
    opportunity = await repository.require_opportunity(session, opportunity_id, lock=True)
    check_version(expected, opportunity.version)
    await _change(session, opportunity, OpportunityDeleted, {"deleted_at": utc_now()})


async def restore_opportunity(session: AsyncSession, opportunity_id: UUID) -> Opportunity:
    """As it was. Restoring what is not deleted changes nothing. Raises OpportunityNotFound."""
    opportunity = await repository.require_opportunity(session, opportunity_id, deleted=True, lock=True)
    return await _change(session, opportunity, OpportunityUpdated, {"deleted_at": None})


async def _moved(
    session: AsyncSession, opportunity: Opportunity, *, pipeline_id: UUID | None, stage_id: UUID | None
) -> dict[str, Any]:
    """What a move to this pipeline or stage sets; nothing when it is there already."""
    stays = stage_id in (None, opportunity.stage_id) and pipeline_id in (None, opportunity.pipeline_id)
    if stays:
        return {}
    stage = await choose_stage(session, pipeline_id=pipeline_id, stage_id=stage_id)
    if opportunity.status != "open":
        raise OpportunityClosed()
    opportunity.stage = stage
    return {"pipeline_id": stage.pipeline_id, "stage_id": stage.id, "probability": stage.probability}


async def _close(
    session: AsyncSession,
    opportunity_id: UUID,
    status: Literal["won", "lost"],
    event: type[Event[OpportunityState]],
    *,
    reason: str | None = None,
) -> Opportunity:
    opportunity = await repository.require_opportunity(session, opportunity_id, lock=True)
    if opportunity.status == status:
        return opportunity
    if opportunity.status != "open":
        raise OpportunityClosed()
    return await _change(session, opportunity, event, {"status": status, "lost_reason": reason, "closed_at": utc_now()})


async def _change(
    session: AsyncSession, opportunity: Opportunity, event: type[Event[OpportunityState]], values: dict[str, Any]
) -> Opportunity:
    before = opportunity.open_share
    changed = opportunity.change(values)
    if changed:
        await _save(session, opportunity, event, before=before, changed=changed)
    return opportunity


async def _save(
    session: AsyncSession,
    opportunity: Opportunity,
    event: type[Event[OpportunityState]],
    *,
    before: Share | None,
    changed: Iterable[str] = (),
) -> None:
    """The row, its contact's open totals and the event, together. `before`: its share until now."""
    await repository.save_opportunity(session, opportunity)
    after = opportunity.open_share
    if before != after:
        shares = [(share, sign) for share, sign in ((before, -1), (after, 1)) if share]
        # Always in the order of the currencies: two writers must not wait for each other.
        for share, sign in sorted(shares):
            await repository.add_to_open(session, opportunity.contact_id, share, sign=sign)
    await events.record_opportunity(session, event, opportunity, changed=changed)
