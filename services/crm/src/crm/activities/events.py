"""Rows of activities as published events."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from crm.models import Activity
from shared.bus import outbox
from shared.events.base import Event
from shared.events.crm import ActivityState


async def record_activity(
    session: AsyncSession, event: type[Event[ActivityState]], activity: Activity, *, changed: Iterable[str] = ()
) -> None:
    data = ActivityState.model_validate({field: getattr(activity, field) for field in ActivityState.model_fields})
    await outbox.record(session, event, subject=activity.id, version=activity.version, data=data, changed=changed)
