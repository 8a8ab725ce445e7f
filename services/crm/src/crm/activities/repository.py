"""Every SQL statement over activities."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager

from crm.errors import ActivityNotFound
from crm.models import Activity, ContactCopy, OpenActivities
from shared.db.tenancy import org_of
from shared.db.upserts import add_up


async def list_activities(
    session: AsyncSession,
    *,
    contact_id: UUID | None,
    is_open: bool | None,
    latest_first: bool,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Activity]:
    """By start. Those of hidden contacts are left out."""
    statement = _activities(session).where(Activity.deleted_at.is_(None), ContactCopy.deleted.is_(False)).limit(limit)
    if contact_id:
        statement = statement.where(Activity.contact_id == contact_id)
    if is_open is not None:
        completed = Activity.completed_at
        statement = statement.where(completed.is_(None) if is_open else completed.is_not(None))
    keys = tuple_(Activity.starts_at, Activity.id)
    if latest_first:
        statement = statement.order_by(Activity.starts_at.desc(), Activity.id.desc())
    else:
        statement = statement.order_by(Activity.starts_at, Activity.id)
    if after:
        statement = statement.where(keys < tuple_(*after) if latest_first else keys > tuple_(*after))
    return list((await session.execute(statement)).scalars())


async def require_activity(
    session: AsyncSession, activity_id: UUID, *, deleted: bool = False, lock: bool = False
) -> Activity:
    """Deleted ones only with `deleted=True`. Raises ActivityNotFound."""
    statement = _activities(session).where(Activity.id == activity_id)
    if not deleted:
        statement = statement.where(Activity.deleted_at.is_(None))
    if lock:
        statement = statement.with_for_update(of=Activity)
    activity = (await session.execute(statement)).scalar_one_or_none()
    if activity is None:
        raise ActivityNotFound()
    return activity


async def save_activity(session: AsyncSession, activity: Activity) -> None:
    session.add(activity)
    await session.flush()


async def count_open(session: AsyncSession, contact_id: UUID, *, more: int) -> None:
    """`more` open ones than before; -1 is one less."""
    await add_up(session, OpenActivities, {"contact_id": contact_id, "count": more})


def _activities(session: AsyncSession) -> Select[Activity]:
    return (
        select(Activity)
        .join(Activity.contact)
        .options(contains_eager(Activity.contact))
        .where(Activity.org_id == org_of(session))
    )
