"""Each event has one effect per consumer: its id is inserted in the handler's own transaction."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from shared.clock import utc_now
from shared.db.infrastructure import inbox
from shared.db.tenancy import ORG_SETTING, Scope, entered

KEPT = timedelta(days=35)
"""Longer than anything can be redelivered or replayed from the log stream."""

REBUILDING = 0x46494349
"""The advisory lock that a rebuild of replicas takes exclusively, and every handler's transaction shared."""


class RebuildInProgress(Exception):
    """A rebuild is writing some of this service's replicas: nothing may be handled for that moment."""


_LOCK_MILLISECONDS = 3000
"""A handler that waits longer for somebody else's lock fails, and is tried again later: others wait behind it."""


async def insert_new(session: AsyncSession, consumer: str, event_ids: Sequence[UUID], scope: Scope) -> set[UUID]:
    """Insert the events' ids and enter the scope. Returns those that are new here. Raises RebuildInProgress.

    Insert first, never select: two deliveries at once must meet in the key. In order, so that two batches with the
    same ids wait for each other instead of forever.
    """
    asked = {
        "lock": REBUILDING,
        "patience": f"{_LOCK_MILLISECONDS}ms",
        "organization": ORG_SETTING,
        "org_id": str(scope.org_id),
        "consumer": consumer,
        "now": utc_now(),
        "ids": list(event_ids),
    }
    found = (await session.execute(_REMEMBER, asked)).one()
    if not found.free:
        raise RebuildInProgress()
    entered(session, scope)
    return set(found.fresh)


async def find_unhandled(engine: AsyncEngine, consumer: str, event_ids: Sequence[UUID]) -> set[UUID]:
    """Returns those that were never handled, and are not among the dead letters either."""
    async with engine.connect() as connection:
        found = await connection.execute(_ABSENT, {"consumer": consumer, "ids": list(event_ids)})
        return set(found.scalars())


async def lock_out_handlers(session: AsyncSession) -> None:
    """Until the transaction ends no handler runs; waits for those that do."""
    await session.execute(_KEEP_OUT, {"lock": REBUILDING})


async def forget_old(engine: AsyncEngine) -> None:
    """Delete what was handled longer than KEPT ago."""
    async with engine.begin() as connection:
        await connection.execute(delete(inbox).where(inbox.c.handled_at < utc_now() - KEPT))


_ABSENT = text(
    """
    SELECT event_id FROM unnest(CAST(:ids AS uuid[])) AS event_id
    WHERE NOT EXISTS (SELECT FROM inbox i WHERE i.consumer = :consumer AND i.event_id = event_id.event_id)
      AND NOT EXISTS (SELECT FROM dead_letter d WHERE d.consumer = :consumer AND d.event_id = event_id.event_id)
    """
)
_KEEP_OUT = text("SELECT pg_advisory_xact_lock(:lock)")
_REMEMBER = text(
    """
    WITH held AS MATERIALIZED (
        SELECT pg_try_advisory_xact_lock_shared(:lock) AS free,
            set_config('lock_timeout', :patience, true), set_config(:organization, :org_id, true)
    ),
    fresh AS (
        INSERT INTO inbox (consumer, event_id, handled_at)
        SELECT :consumer, event_id, :now FROM unnest(CAST(:ids AS uuid[])) AS event_id, held
        WHERE held.free ORDER BY event_id
        ON CONFLICT DO NOTHING RETURNING event_id
    )
    SELECT (SELECT free FROM held) AS free, ARRAY(SELECT event_id FROM fresh) AS fresh
    """
)
