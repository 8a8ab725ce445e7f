"""What can be done with the feed: append to it, read it, trim it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.feed import repository
from gateway.feed.bell import BELL
from gateway.feed.errors import EventsExpired, PositionUnknown, ScopeMissing
from shared.db.session import after_commit
from shared.events.base import AnyEvent

SPAN: Final = 5_000
"""Positions looked at in one reading: where hardly any event is wanted, a page must not walk the whole feed."""
TRIM_BATCH: Final = 1_000
"""Events forgotten in one transaction: so long may an appender wait for it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Positions and events as published, in order. Everything up to `position` was read; `more` waits behind it."""

    events: list[tuple[int, bytes]]
    position: int
    more: bool


async def append(session: AsyncSession, event: AnyEvent) -> None:
    """Wakes who waits for it, once it is committed."""
    await repository.append(session, event_id=event.id, name=event.type, body=orjson.dumps(event.envelope))
    after_commit(session, BELL.ring, event.org_id)


async def read(
    session: AsyncSession, *, after: int, heard: Collection[str] | None, types: Sequence[str], limit: int
) -> Reading:
    """The next events that begin so (None: all) and of these types (none: all; `…*` stands for all that begin so).

    Raises ScopeMissing when nothing could ever be answered, EventsExpired and PositionUnknown.
    """
    _check_heard(heard, types)
    stretch = await repository.read(
        session,
        after=after,
        span=SPAN,
        heard=["%"] if heard is None else [_escaped(beginning) + "%" for beginning in sorted(heard)],
        wanted=[_pattern(wanted) for wanted in types] or ["%"],
        limit=limit,
    )
    if after < stretch.trimmed:
        raise EventsExpired(after, first=stretch.trimmed + 1)
    if after > stretch.last:
        raise PositionUnknown(after, last=stretch.last)
    full = len(stretch.found) == limit
    position = stretch.found[-1][0] if full else min(after + SPAN, stretch.last)
    return Reading(stretch.found, position, more=position < stretch.last)


async def list_feeds(session: AsyncSession, *, after: UUID | None, limit: int) -> list[UUID]:
    """Organisations that have events, of all of them. Wants a scope of no organisation."""
    return await repository.list_feeds(session, after=after, limit=limit)


async def trim(session: AsyncSession, *, before: datetime) -> bool:
    """Forget a batch of what was recorded before then; whether there may be more of it."""
    return await repository.trim(session, before=before, limit=TRIM_BATCH) == TRIM_BATCH


def _check_heard(heard: Collection[str] | None, types: Sequence[str]) -> None:
    """Who asks for what will never come should hear it now: an empty answer looks like patience is all it takes."""
    if heard is None:
        return
    if not heard:
        raise ScopeMissing("No scope to read anything: <noun>:read.")
    for wanted in types:
        beginning = wanted.removesuffix("*")
        if not any(known.startswith(beginning) or beginning.startswith(known) for known in heard):
            raise ScopeMissing(f"Not yours to read: {wanted}.")


def _pattern(wanted: str) -> str:
    """For LIKE."""
    return _escaped(wanted.removesuffix("*")) + "%" * wanted.endswith("*")


def _escaped(name: str) -> str:
    return name.replace("_", r"\_")
