"""The clock's door: events that were kept long enough are forgotten, a batch a transaction."""

import asyncio
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from gateway.feed import service
from shared.clock import utc_now
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.worker import Job

logger = structlog.get_logger("trimmer")

_EVERY_SECONDS: Final = 3600
_FEEDS_AT_ONCE: Final = 500


def trimming(database: Database, kept: timedelta) -> Job:
    """Trims every feed now and then until told to stop. A database that is away is tried again at the next round."""

    async def trim_until(stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await trim(database, before=utc_now() - kept, stop=stop)
            except Exception as error:
                logger.warning("trim_failed", service="gateway", error=str(error))
            try:
                await asyncio.wait_for(stop.wait(), _EVERY_SECONDS)
            except TimeoutError:
                continue

    return trim_until


async def trim(database: Database, *, before: datetime, stop: asyncio.Event) -> None:
    """Every organisation's feed, or what of it is done when `stop` comes."""
    last: UUID | None = None
    while True:
        async with database.transaction(Scope(org_id=None)) as session:
            feeds = await service.list_feeds(session, after=last, limit=_FEEDS_AT_ONCE)
        for org_id in feeds:
            more = True
            while more:
                if stop.is_set():
                    return
                async with database.transaction(Scope(org_id=org_id)) as session:
                    more = await service.trim(session, before=before)
        if len(feeds) < _FEEDS_AT_ONCE:
            return
        last = feeds[-1]
