"""Gauges of what waits (outbox, queues, dead letters), updated every few seconds: scrapes cost the database nothing."""

import asyncio
import math

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shared.bus.metrics import BusMetrics
from shared.bus.transport import Transport
from shared.bus.waiting import wait_for_any
from shared.clock import utc_now
from shared.db.session import Database

logger = structlog.get_logger("backlog_gauges")

UPDATE_SECONDS = 5.0
_MOST = 100_001
"""Counting further costs more than the figure tells."""


class BacklogGauges:
    """The job that updates the gauges. While the database is away its figures are NaN, not old ones."""

    def __init__(self, database: Database, transport: Transport, metrics: BusMetrics) -> None:
        self._database = database
        self._transport = transport
        self._metrics = metrics

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self.update()
            await wait_for_any(stop, within=UPDATE_SECONDS)

    async def update(self) -> None:
        metrics = self._metrics
        metrics.ready.set(self._transport.missing() is None)
        metrics.show_queues(self._transport.queued())
        try:
            async with self._database.engine.connect() as connection:
                found = (await connection.execute(_LOOK, {"most": _MOST})).one()
        except (SQLAlchemyError, OSError) as error:
            logger.warning("backlog_unknown", error=str(error))
            for gauge in (metrics.outbox_events, metrics.outbox_oldest_age, metrics.log_compared):
                gauge.set(math.nan)
            metrics.dead_letters.clear()
            return
        metrics.outbox_events.set(found.waiting)
        age = (utc_now() - found.oldest).total_seconds() if found.oldest else 0
        metrics.outbox_oldest_age.set(max(0, age))
        metrics.log_compared.set(found.compared.timestamp() if found.compared else 0)
        metrics.dead_letters.labels("dead").set(found.dead)
        metrics.dead_letters.labels("replaying").set(found.replaying)


_LOOK = text(
    """
    SELECT
        (SELECT count(*) FROM (SELECT FROM outbox LIMIT :most) AS counted) AS waiting,
        (SELECT recorded_at FROM outbox ORDER BY position LIMIT 1) AS oldest,
        (SELECT max(checked_until) FROM log_position) AS compared,
        (SELECT count(*) FROM (SELECT FROM dead_letter WHERE status = 'dead' LIMIT :most) AS counted) AS dead,
        (SELECT count(*) FROM (SELECT FROM dead_letter WHERE status = 'replaying' LIMIT :most) AS counted) AS replaying
    """
)
