"""What people see of a service's dead letters, and what they decide: to replay them, or to discard them with a reason.

Whoever decides is the session's actor. The tables are without row-level security, so every statement here asks whose
letters it may touch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Row, RowMapping, Select, func, select, true, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.dead_letters import DEAD, DISCARDED, REPLAYING, settle
from shared.db.infrastructure import dead_letter, dead_letter_action
from shared.db.tenancy import scope_of
from shared.errors import Conflict, NotFound

logger = structlog.get_logger("dead_letters")


class DeadLetterNotFound(NotFound):
    code = "dead_letters.not_found"
    title = "No such dead letter"


class NotDead(Conflict):
    code = "dead_letters.not_dead"
    title = "This one is settled already, or about to be"


@dataclass(frozen=True, slots=True)
class Everybody:
    """The operator's: every organisation's letters, and those that name none."""


EVERYBODY: Final = Everybody()
Whose = UUID | Everybody
"""An organisation's id, or `EVERYBODY`: never None, which a missing organisation would be."""

Found = Row[*tuple[Any, ...]]
Place = tuple[datetime, UUID, str]
"""Where a letter stands in every list: when it last failed, its event, its service. A group stands at its newest one.

Lists of several services that are in this order can be merged, and continued after one place.
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to list. None: any."""

    service: str | None = None
    status: str | None = DEAD
    cause: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Which:
    """Those of one service to decide about: one event's, or those of one cause, or (with neither) all."""

    service: str
    event_id: UUID | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """How many were dead and are now what was decided; how many of the same cause were so no more."""

    service: str
    action: str
    changed: int
    skipped: int


async def list_letters(
    session: AsyncSession, whose: Whose, wanted: Wanted, *, after: Place | None, limit: int
) -> Sequence[Found]:
    """Latest failure first."""
    statement = select(*_SHOWN).where(_held_to(whose), *_meeting(wanted))
    place = (dead_letter.c.last_failed_at, dead_letter.c.event_id, dead_letter.c.consumer)
    return (await session.execute(_page(statement, place, after, limit))).all()


async def list_groups(
    session: AsyncSession, whose: Whose, wanted: Wanted, *, after: Place | None, limit: int
) -> Sequence[RowMapping]:
    """Those that died of one cause, of one event's name, by one handler: how many, since when, one of them."""
    by = (dead_letter.c.consumer, dead_letter.c.cause, dead_letter.c.name, dead_letter.c.handler)
    newest_first = aggregate_order_by(
        dead_letter.c.event_id, dead_letter.c.last_failed_at.desc(), dead_letter.c.event_id.desc()
    )
    groups = (
        select(
            dead_letter.c.consumer.label("service"),
            *by[1:],
            func.count().label("count"),
            func.min(dead_letter.c.first_failed_at).label("first_failed_at"),
            func.max(dead_letter.c.last_failed_at).label("last_failed_at"),
            func.array_agg(newest_first)[1].label("example_id"),
        )
        .where(_held_to(whose), *_meeting(wanted))
        .group_by(*by)
        .subquery("groups")
    )
    place = (groups.c.last_failed_at, groups.c.example_id, groups.c.service)
    # By name: a row's own `count` is a method of every tuple.
    return (await session.execute(_page(select(groups), place, after, limit))).mappings().all()


async def get_letter(
    session: AsyncSession, whose: Whose, service: str, event_id: UUID
) -> tuple[Found, Sequence[Found]]:
    """The letter with its `headers` and `body`, and everything that was done about it. Raises DeadLetterNotFound."""
    which = _meant(Which(service, event_id))
    statement = select(*_SHOWN, dead_letter.c.headers, dead_letter.c.body).where(_held_to(whose), which)
    letter = (await session.execute(statement)).one_or_none()
    if letter is None:
        raise DeadLetterNotFound()
    done = (
        select(*dead_letter_action.c["at", "actor", "action", "reason"])
        .where(dead_letter_action.c.consumer == service, dead_letter_action.c.event_id == event_id)
        .order_by(dead_letter_action.c.position)
    )
    return letter, (await session.execute(done)).all()


async def replay(session: AsyncSession, whose: Whose, which: Which, *, reason: str = "") -> Decided:
    """Have the service's worker handle them again. Raises DeadLetterNotFound and NotDead for one that was named."""
    return await _decide(session, whose, which, REPLAYING, reason)


async def discard(session: AsyncSession, whose: Whose, which: Which, *, reason: str) -> Decided:
    """Nobody will handle them any more. Raises as `replay`, and ValueError without a reason or for all at once."""
    if not reason.strip() or (which.event_id is None and which.cause is None):
        raise ValueError("discarding takes a reason, and a letter or a cause")
    return await _decide(session, whose, which, DISCARDED, reason)


async def _decide(session: AsyncSession, whose: Whose, which: Which, status: str, reason: str) -> Decided:
    mine = _held_to(whose) & _meant(which)
    actor = scope_of(session).actor
    changed = await settle(session, mine, status, before=(DEAD,), actor=actor, reason=reason)
    if which.event_id and not changed:
        found = await session.scalar(select(dead_letter.c.status).where(mine))
        raise NotDead(f"It is {found} already.") if found else DeadLetterNotFound()
    skipped = 0
    if which.cause is not None:
        skipped = (await session.scalar(select(func.count()).select_from(dead_letter).where(mine)) or 0) - changed
    if changed:
        logger.info("dead_letters_decided", consumer=which.service, action=status, count=changed, actor=actor)
    return Decided(which.service, status, changed, skipped)


def _held_to(whose: Whose) -> ColumnElement[bool]:
    return dead_letter.c.org_id == whose if isinstance(whose, UUID) else true()


def _meeting(wanted: Wanted) -> list[ColumnElement[bool]]:
    columns = {
        dead_letter.c.consumer: wanted.service,
        dead_letter.c.status: wanted.status,
        dead_letter.c.cause: wanted.cause,
        dead_letter.c.name: wanted.name,
    }
    return [column == value for column, value in columns.items() if value is not None]


def _meant(which: Which) -> ColumnElement[bool]:
    meant = dead_letter.c.consumer == which.service
    if which.event_id is not None:
        meant &= dead_letter.c.event_id == which.event_id
    if which.cause is not None:
        meant &= dead_letter.c.cause == which.cause
    return meant


def _page(
    statement: Select[*tuple[Any, ...]], place: tuple[ColumnElement[Any], ...], after: Place | None, limit: int
) -> Select[*tuple[Any, ...]]:
    if after:
        statement = statement.where(tuple_(*place) < tuple_(*after))
    return statement.order_by(*(column.desc() for column in place)).limit(limit)


_SHOWN = (
    dead_letter.c.consumer.label("service"),
    *dead_letter.c[
        "event_id",
        "org_id",
        "name",
        "cause",
        "reason",
        "handler",
        "attempts",
        "first_failed_at",
        "last_failed_at",
        "status",
    ],
)
