"""Rows of opportunities as published events."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from crm.models import Opportunity
from shared.bus import outbox
from shared.events.base import Event
from shared.events.crm import OpportunityState


async def record_opportunity(
    session: AsyncSession,
    event: type[Event[OpportunityState]],
    opportunity: Opportunity,
    *,
    changed: Iterable[str] = (),
) -> None:
    data = OpportunityState.model_validate(
        {field: getattr(opportunity, field) for field in OpportunityState.model_fields}
    )
    await outbox.record(session, event, subject=opportunity.id, version=opportunity.version, data=data, changed=changed)
