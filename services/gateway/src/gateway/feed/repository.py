"""Every SQL statement of the feed.

Positions are dense for each organisation: 1, 2, 3, … An appender takes the next one from `feed_head` and holds that
row until it commits, so that the appenders of one organisation commit one after another, in the order of their
positions; one that fails gives its position back. Whoever has seen position N therefore never meets a lower one
later. A sequence would hand out numbers in one order and show their rows in another: who reads in between loses some.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.tenancy import look_up, org_of

_QUEUE: Final = "feeds"


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was found in a feed that ends at `last` and is not kept up to `trimmed`: positions and bodies."""

    last: int
    trimmed: int
    found: list[tuple[int, bytes]]


async def append(session: AsyncSession, *, event_id: UUID, name: str, body: bytes) -> None:
    """At the next position. Until this transaction ends, others who append for the organisation wait."""
    values = {"org_id": org_of(session), "event_id": event_id, "name": name, "body": body}
    await session.execute(_APPEND, values)


async def read(
    session: AsyncSession, *, after: int, span: int, heard: Sequence[str], wanted: Sequence[str], limit: int
) -> Stretch:
    """The first `limit` of the next `span` positions whose names are LIKE one of `heard` and one of `wanted`."""
    values = {
        "org_id": org_of(session),
        "after": after,
        "span": span,
        "heard": list(heard),
        "wanted": list(wanted),
        "limit": limit,
    }
    rows = (await session.execute(_READ, values)).all()
    if not rows:
        return Stretch(last=0, trimmed=0, found=[])
    return Stretch(rows[0].last, rows[0].trimmed, [(row.position, row.body) for row in rows if row.position])


async def list_feeds(session: AsyncSession, *, after: UUID | None, limit: int) -> list[UUID]:
    """Those of every organisation that keep anything, by organisation."""
    await look_up(session, _QUEUE)
    return list((await session.execute(_FEEDS, {"queue": _QUEUE, "after": after, "limit": limit})).scalars())


async def trim(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Forget the oldest events that were recorded before then, at most `limit`; answers how many."""
    org_id = org_of(session)
    old = (await session.execute(_OLD, {"org_id": org_id, "before": before, "limit": limit})).one()
    if old.upto is None:
        return 0
    forgotten = {"org_id": org_id, "trimmed": old.trimmed, "upto": old.upto}
    # The head last: whoever appends waits for it until this transaction ends.
    await session.execute(_FORGET, forgotten)
    await session.execute(_TRIMMED, forgotten)
    return int(old.upto - old.trimmed)


# clock_timestamp: taken when the row of the head is ours, so that later positions never have earlier times.
_APPEND = text(
    """WITH head AS (
        INSERT INTO feed_head AS h (org_id, last_position) VALUES (:org_id, 1)
        ON CONFLICT (org_id) DO UPDATE SET last_position = h.last_position + 1
        RETURNING last_position
    )
    INSERT INTO event_log (org_id, position, event_id, name, recorded_at, body)
    SELECT :org_id, last_position, :event_id, :name, clock_timestamp(), :body FROM head"""
)

# One statement, so that one snapshot says both what is there and how far the feed goes.
_READ = text(
    """SELECT h.last_position AS last, h.trimmed_position AS trimmed, found.position, found.body
    FROM feed_head h LEFT JOIN LATERAL (
        SELECT l.position, l.body FROM event_log l
        WHERE l.org_id = :org_id AND l.position > :after AND l.position <= CAST(:after AS bigint) + :span
            AND l.name LIKE ANY (:heard) AND l.name LIKE ANY (:wanted)
        ORDER BY l.position LIMIT :limit
    ) AS found ON true
    WHERE h.org_id = :org_id
    ORDER BY found.position"""
)

_FEEDS = text(
    """SELECT org_id FROM feed_head
    WHERE queue = :queue AND last_position > trimmed_position AND (CAST(:after AS uuid) IS NULL OR org_id > :after)
    ORDER BY org_id LIMIT :limit"""
)

# Positions are dense: so many of them are so many events. Where they are known when a statement is planned, the index
# is walked; a limit, or a comparison with what another part of the statement finds, may read the whole table.
_OLD = text(
    """SELECT h.trimmed_position AS trimmed, (
        SELECT max(l.position) FROM event_log l
        WHERE l.org_id = :org_id AND l.position > h.trimmed_position
            AND l.position <= h.trimmed_position + :limit AND l.recorded_at < :before
    ) AS upto FROM feed_head h WHERE h.org_id = :org_id"""
)
_FORGET = text("DELETE FROM event_log WHERE org_id = :org_id AND position > :trimmed AND position <= :upto")
_TRIMMED = text("UPDATE feed_head SET trimmed_position = greatest(trimmed_position, :upto) WHERE org_id = :org_id")
