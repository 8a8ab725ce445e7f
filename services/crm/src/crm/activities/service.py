"""What can be done with activities."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm.activities import events, repository
from crm.activities.schemas import ActivityIn, ActivityOut, ActivityPatch
from crm.models import Activity
from crm.replicas.service import require_actor_name, require_contact
from shared.clock import utc_now
from shared.db.tenancy import org_of, scope_of
from shared.errors import invalid
from shared.events.base import Event
from shared.events.crm import (
    ActivityCompleted,
    ActivityCreated,
    ActivityDeleted,
    ActivityState,
    ActivityUpdated,
)
from shared.identifiers import new_id
from shared.service_client import ServiceClient
from shared.versions import Expected, check_version
from shared.web.amending import Amendment


async def list_activities(
    session: AsyncSession,
    *,
    contact_id: UUID | None = None,
    is_open: bool | None = None,
    latest_first: bool = False,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[Activity]:
    """By start, the earliest first unless told otherwise."""
    return await repository.list_activities(
        session, contact_id=contact_id, is_open=is_open, latest_first=latest_first, after=after, limit=limit
    )


async def get_activity(session: AsyncSession, activity_id: UUID) -> Activity:
    """Raises ActivityNotFound."""
    return await repository.require_activity(session, activity_id)


async def create_activity(session: AsyncSession, given: ActivityIn, *, contacts: ServiceClient) -> Activity:
    """Raises ContactNotFound, Invalid, Unavailable."""
    _check_times(given.starts_at, given.ends_at)
    contact = await require_contact(session, given.contact_id, contacts)
    owner = given.owner or scope_of(session).actor
    now = utc_now()
    activity = Activity(
        org_id=org_of(session),
        id=new_id(),
        version=1,
        created_at=now,
        updated_at=now,
        contact_id=contact.id,
        contact=contact,
        kind=given.kind,
        title=given.title,
        starts_at=given.starts_at,
        ends_at=given.ends_at,
        reminder_minutes=given.reminder_minutes,
        notes=given.notes,
        owner=owner,
        owner_name=await require_actor_name(session, owner),
        completed_at=None,
        deleted_at=None,
    )
    await _save(session, activity, ActivityCreated, was_open=False)
    return activity


async def update_activity(
    session: AsyncSession, activity_id: UUID, given: Amendment[ActivityPatch], *, expected: Expected
) -> Activity:
    """Only what was sent changes; sending what is there already changes nothing and says nothing.

    Raises ActivityNotFound, StaleVersion, Invalid.
    """
    activity = await repository.require_activity(session, activity_id, lock=True)
    check_version(expected, activity.version)
    patch = given.beside(ActivityOut.model_validate(activity))
    sent = patch.model_dump(exclude_unset=True)
    if sent.get("owner", activity.owner) != activity.owner:
        sent["owner_name"] = await require_actor_name(session, patch.owner)
    times = sent.get("starts_at", activity.starts_at), sent.get("ends_at", activity.ends_at)
    if times != (activity.starts_at, activity.ends_at):
        _check_times(*times)
    return await _change(session, activity, ActivityUpdated, sent)


async def complete_activity(session: AsyncSession, activity_id: UUID) -> Activity:
    """Completing what is done changes nothing. Raises ActivityNotFound."""
    activity = await repository.require_activity(session, activity_id, lock=True)
    return await _change(session, activity, ActivityCompleted, {"completed_at": activity.completed_at or utc_now()})


async def reopen_activity(session: AsyncSession, activity_id: UUID) -> Activity:
    """Reopening what is open changes nothing. Raises ActivityNotFound."""
    activity = await repository.require_activity(session, activity_id, lock=True)
    return await _change(session, activity, ActivityUpdated, {"completed_at": None})


async def delete_activity(session: AsyncSession, activity_id: UUID, *, expected: Expected) -> None:
    """Hide it; `restore_activity` brings it back. Raises ActivityNotFound, StaleVersion."""
    activity = await repository.require_activity(session, activity_id, lock=True)
    check_version(expected, activity.version)
    await _change(session, activity, ActivityDeleted, {"deleted_at": utc_now()})


async def restore_activity(session: AsyncSession, activity_id: UUID) -> Activity:
    """As it was. Restoring what is not deleted changes nothing. Raises ActivityNotFound."""
    activity = await repository.require_activity(session, activity_id, deleted=True, lock=True)
    return await _change(session, activity, ActivityUpdated, {"deleted_at": None})


async def _change(
    session: AsyncSession, activity: Activity, event: type[Event[ActivityState]], values: dict[str, Any]
) -> Activity:
    was_open = activity.open
    changed = activity.change(values)
    if changed:
        await _save(session, activity, event, was_open=was_open, changed=changed)
    return activity


async def _save(
    session: AsyncSession,
    activity: Activity,
    event: type[Event[ActivityState]],
    *,
    was_open: bool,
    changed: Iterable[str] = (),
) -> None:
    """The row, its contact's count of open ones and the event, together."""
    await repository.save_activity(session, activity)
    if activity.open != was_open:
        await repository.count_open(session, activity.contact_id, more=1 if activity.open else -1)
    await events.record_activity(session, event, activity, changed=changed)


def _check_times(starts_at: datetime, ends_at: datetime | None) -> None:
    if ends_at is not None and ends_at < starts_at:
        raise invalid("ends_at", "ends_before_start", "It cannot end before it starts.")
