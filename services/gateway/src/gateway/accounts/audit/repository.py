"""Every SQL statement over the audit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Text, cast, delete, false, func, insert, literal_column, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.accounts.models import ApiKey, AuditEntry, AuditTally, User
from shared.db.tenancy import look_up, org_of

_QUEUE: Final = "audit tallies"


async def add_entry(session: AsyncSession, **values: Any) -> None:
    await session.execute(insert(AuditEntry).values(org_id=org_of(session), **values))


async def find_name(session: AsyncSession, actor: str) -> str | None:
    """Of the person or the key, as it is now."""
    people = select(User.name).where(User.org_id == org_of(session), "user:" + cast(User.id, Text) == actor)
    keys = select(ApiKey.name).where(ApiKey.org_id == org_of(session), "key:" + cast(ApiKey.id, Text) == actor)
    return (await session.execute(people.union_all(keys))).scalar_one_or_none()


async def list_entries(
    session: AsyncSession,
    *,
    actors: Sequence[str],
    actions: Sequence[str],
    subject: UUID | None,
    since: datetime | None,
    until: datetime | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[AuditEntry]:
    """Newest first; `until` is not reached. No actors, or actions: all."""
    statement = select(AuditEntry).where(AuditEntry.org_id == org_of(session))
    if actors:
        statement = statement.where(or_(*(AuditEntry.actor == actor for actor in actors)))
    if actions:
        statement = statement.where(AuditEntry.action.in_(actions))
    if subject:
        statement = statement.where(AuditEntry.subject_id == subject)
    if since:
        statement = statement.where(AuditEntry.at >= since)
    if until:
        statement = statement.where(AuditEntry.at < until)
    if after:
        statement = statement.where(tuple_(AuditEntry.at, AuditEntry.id) < after)
    statement = statement.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit)
    return list((await session.execute(statement)).scalars())


async def count_askers(session: AsyncSession, subject: UUID | None, *, key: str) -> tuple[int, bool]:
    """How many tallies there are about it, and whether `key` is one."""
    about = AuditTally.subject_id.is_(None) if subject is None else AuditTally.subject_id == subject
    counted = select(func.count(), func.coalesce(func.bool_or(AuditTally.key == key), false()))
    count, is_one = (await session.execute(counted.where(AuditTally.org_id == org_of(session), about))).one()
    return count, is_one


async def count_up(session: AsyncSession, *, key: str, **values: Any) -> int:
    """How many it is now; a new one closes when `closes_at` says."""
    statement = upsert(AuditTally).values(org_id=org_of(session), key=key, queue=_QUEUE, times=1, **values)
    counted = statement.on_conflict_do_update(
        index_elements=["org_id", "key"],
        set_={"times": AuditTally.times + 1, "last_at": statement.excluded.last_at},
    )
    return (await session.execute(counted.returning(AuditTally.times))).scalar_one()


async def list_organizations_to_close(session: AsyncSession, *, now: datetime, limit: int) -> list[UUID]:
    """Of every organisation."""
    await look_up(session, _QUEUE)
    statement = select(AuditTally.org_id).where(AuditTally.queue == _QUEUE, AuditTally.closes_at <= now)
    return list((await session.execute(statement.distinct().limit(limit))).scalars())


async def take_closed(session: AsyncSession, *, now: datetime) -> list[AuditTally]:
    statement = delete(AuditTally).where(AuditTally.org_id == org_of(session), AuditTally.closes_at <= now)
    return list((await session.execute(statement.returning(AuditTally))).scalars())


async def forget_entries(session: AsyncSession, *, before: datetime, most: int) -> int:
    """How many went. The database keeps what is younger than a year, whatever `before` says."""
    forgotten = func.forget_audit_entries(before, literal_column(str(most)))
    return int((await session.execute(select(forgotten))).scalar_one())
