"""Every SQL statement over opportunities."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager

from crm.errors import OpportunityNotFound
from crm.models import ContactCopy, OpenOpportunities, Opportunity, Share
from shared.db.tenancy import org_of
from shared.db.upserts import add_up


async def list_opportunities(
    session: AsyncSession,
    *,
    contact_id: UUID | None,
    status: str | None,
    pipeline_id: UUID | None,
    stage_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> list[Opportunity]:
    """Newest first. Those of hidden contacts are left out."""
    statement = (
        _opportunities(session)
        .where(Opportunity.deleted_at.is_(None), ContactCopy.deleted.is_(False))
        .order_by(Opportunity.id.desc())
        .limit(limit)
    )
    if contact_id:
        statement = statement.where(Opportunity.contact_id == contact_id)
    if status:
        statement = statement.where(Opportunity.status == status)
    if pipeline_id:
        statement = statement.where(Opportunity.pipeline_id == pipeline_id)
    if stage_id:
        statement = statement.where(Opportunity.stage_id == stage_id)
    if after:
        statement = statement.where(Opportunity.id < after)
    return list((await session.execute(statement)).scalars())


async def require_opportunity(
    session: AsyncSession, opportunity_id: UUID, *, deleted: bool = False, lock: bool = False
) -> Opportunity:
    """Deleted ones only with `deleted=True`. Raises OpportunityNotFound."""
    if lock:
        # By itself and first: a joined row that moved to another stage while we waited would not be found.
        mine = (Opportunity.org_id == org_of(session)) & (Opportunity.id == opportunity_id)
        await session.execute(select(Opportunity.id).where(mine).with_for_update())
    statement = _opportunities(session).where(Opportunity.id == opportunity_id)
    if not deleted:
        statement = statement.where(Opportunity.deleted_at.is_(None))
    opportunity = (await session.execute(statement)).scalar_one_or_none()
    if opportunity is None:
        raise OpportunityNotFound()
    return opportunity


async def save_opportunity(session: AsyncSession, opportunity: Opportunity) -> None:
    session.add(opportunity)
    await session.flush()


async def add_to_open(session: AsyncSession, contact_id: UUID, share: Share, *, sign: int) -> None:
    """Count one opportunity in (1) or out (-1) of its contact's open ones."""
    amounts = {"count": sign, "value": sign * share.value}
    await add_up(session, OpenOpportunities, {"contact_id": contact_id, "currency": share.currency, **amounts})


def _opportunities(session: AsyncSession) -> Select[Opportunity]:
    return (
        select(Opportunity)
        .join(Opportunity.contact)
        .join(Opportunity.stage)
        .options(contains_eager(Opportunity.contact), contains_eager(Opportunity.stage))
        .where(Opportunity.org_id == org_of(session))
    )
