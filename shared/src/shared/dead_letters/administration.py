"""Dead-letter administration: list and group a service's dead letters, replay them, discard them with a reason.

The session's actor is written down as who decided. The tables have no row-level security: every statement takes the
`Owner` whose letters it may touch.
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

from shared.bus.dead_letters import DEAD, DISCARDED, REPLAYING, change_status
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
class AllOrganizations:
    """The operator's view: letters of every organisation, and those that name none."""


ALL_ORGANIZATIONS: Final = AllOrganizations()
Owner = UUID | AllOrganizations
"""An organisation's id, or `ALL_ORGANIZATIONS`. Never None: a missing one must not read everybody's letters."""

DeadLetterRow = Row[*tuple[Any, ...]]
SortKey = tuple[datetime, UUID, str]
"""(last failure, event id, service): every list is sorted by it, descending; a group has its newest letter's.

Lists of several services in this order can be merged, and continued after one key.
"""


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """Which letters to list; None matches any value."""

    service: str | None = None
    status: str | None = DEAD
    cause: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which letters of one service to decide about: one event's, those of one cause, or (with neither) all."""

    service: str
    event_id: UUID | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The result of a replay or discard. `changed`: letters that were dead until now; `skipped`: letters of the same
    cause that were settled before.
    """

    service: str
    action: str
    changed: int
    skipped: int


async def list_letters(
    session: AsyncSession, owner: Owner, filters: LetterFilter, *, after: SortKey | None, limit: int
) -> Sequence[DeadLetterRow]:
    """Returns at most `limit` rows, latest failure first."""
    statement = select(*_SHOWN).where(_owned_by(owner), *_matching(filters))
    sort_key = (dead_letter.c.last_failed_at, dead_letter.c.event_id, dead_letter.c.consumer)
    return (await session.execute(_page(statement, sort_key, after, limit))).all()


async def list_groups(
    session: AsyncSession, owner: Owner, filters: LetterFilter, *, after: SortKey | None, limit: int
) -> Sequence[RowMapping]:
    """Returns letters grouped by cause, event name and handler: count, first and last failure, an example's id."""
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
        .where(_owned_by(owner), *_matching(filters))
        .group_by(*by)
        .subquery("groups")
    )
    sort_key = (groups.c.last_failed_at, groups.c.example_id, groups.c.service)
    # By name: a row's own `count` is a method of every tuple.
    return (await session.execute(_page(select(groups), sort_key, after, limit))).mappings().all()


async def get_letter(
    session: AsyncSession, owner: Owner, service: str, event_id: UUID
) -> tuple[DeadLetterRow, Sequence[DeadLetterRow]]:
    """Returns the letter with `headers` and `body`, and its actions, oldest first. Raises DeadLetterNotFound."""
    selected = _selected(Selection(service, event_id))
    statement = select(*_SHOWN, dead_letter.c.headers, dead_letter.c.body).where(_owned_by(owner), selected)
    letter = (await session.execute(statement)).one_or_none()
    if letter is None:
        raise DeadLetterNotFound()
    done = (
        select(*dead_letter_action.c["at", "actor", "action", "reason"])
        .where(dead_letter_action.c.consumer == service, dead_letter_action.c.event_id == event_id)
        .order_by(dead_letter_action.c.position)
    )
    return letter, (await session.execute(done)).all()


async def replay(session: AsyncSession, owner: Owner, selection: Selection, *, reason: str = "") -> Decision:
    """Mark them for the service's worker to handle once more.

    Raises DeadLetterNotFound or NotDead when the selection names an event that is not there, or not dead.
    """
    return await _decide(session, owner, selection, REPLAYING, reason)


async def discard(session: AsyncSession, owner: Owner, selection: Selection, *, reason: str) -> Decision:
    """Give them up for good. Raises as `replay`, and ValueError without a reason or for all letters at once."""
    if not reason.strip() or (selection.event_id is None and selection.cause is None):
        raise ValueError("discarding takes a reason, and a letter or a cause")
    return await _decide(session, owner, selection, DISCARDED, reason)


async def _decide(session: AsyncSession, owner: Owner, selection: Selection, status: str, reason: str) -> Decision:
    mine = _owned_by(owner) & _selected(selection)
    actor = scope_of(session).actor
    changed = await change_status(session, mine, status, before=(DEAD,), actor=actor, reason=reason)
    if selection.event_id and not changed:
        found = await session.scalar(select(dead_letter.c.status).where(mine))
        raise NotDead(f"It is {found} already.") if found else DeadLetterNotFound()
    skipped = 0
    if selection.cause is not None:
        skipped = (await session.scalar(select(func.count()).select_from(dead_letter).where(mine)) or 0) - changed
    if changed:
        logger.info("dead_letters_decided", consumer=selection.service, action=status, count=changed, actor=actor)
    return Decision(selection.service, status, changed, skipped)


def _owned_by(owner: Owner) -> ColumnElement[bool]:
    return dead_letter.c.org_id == owner if isinstance(owner, UUID) else true()


def _matching(filters: LetterFilter) -> list[ColumnElement[bool]]:
    columns = {
        dead_letter.c.consumer: filters.service,
        dead_letter.c.status: filters.status,
        dead_letter.c.cause: filters.cause,
        dead_letter.c.name: filters.name,
    }
    return [column == value for column, value in columns.items() if value is not None]


def _selected(selection: Selection) -> ColumnElement[bool]:
    condition = dead_letter.c.consumer == selection.service
    if selection.event_id is not None:
        condition &= dead_letter.c.event_id == selection.event_id
    if selection.cause is not None:
        condition &= dead_letter.c.cause == selection.cause
    return condition


def _page(
    statement: Select[*tuple[Any, ...]], sort_key: tuple[ColumnElement[Any], ...], after: SortKey | None, limit: int
) -> Select[*tuple[Any, ...]]:
    if after:
        statement = statement.where(tuple_(*sort_key) < tuple_(*after))
    return statement.order_by(*(column.desc() for column in sort_key)).limit(limit)


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
