"""The clock's door: refusals that were counted get their entries, and what was kept for years is forgotten."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from gateway.accounts import service as accounts
from gateway.accounts.audit import service
from shared.clock import utc_now
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.passwords.throttle import STRANGERS
from shared.worker import Job

logger = structlog.get_logger("audit")

_CLOSING_SECONDS: Final = 60
_FORGETTING_SECONDS: Final = 3600
_AT_ONCE: Final = 500


def closing(database: Database) -> Job:
    return _now_and_then(lambda stop: close_tallies(database, stop=stop), every=_CLOSING_SECONDS)


def forgetting(database: Database, kept: timedelta) -> Job:
    return _now_and_then(lambda stop: forget(database, before=utc_now() - kept, stop=stop), every=_FORGETTING_SECONDS)


async def close_tallies(database: Database, *, stop: asyncio.Event) -> None:
    """Of every organisation, or what of them is done when `stop` comes."""
    while not stop.is_set():
        async with database.transaction(Scope(org_id=None)) as session:
            due = await service.list_organizations_to_close(session, limit=_AT_ONCE)
        for org_id in due:
            async with database.transaction(Scope(org_id=org_id)) as session:
                await service.close_tallies(session)
        if len(due) < _AT_ONCE:
            return


async def forget(database: Database, *, before: datetime, stop: asyncio.Event) -> None:
    async for org_id in _organizations(database):
        more = True
        while more:
            if stop.is_set():
                return
            async with database.transaction(Scope(org_id=org_id)) as session:
                more = await service.forget(session, before=before)


async def _organizations(database: Database) -> AsyncIterator[UUID]:
    """And the one that stands for nobody's."""
    yield STRANGERS
    last: UUID | None = None
    while True:
        async with database.transaction(Scope(org_id=None)) as session:
            found = await accounts.list_organization_ids(session, after=last, limit=_AT_ONCE)
        for org_id in found:
            yield org_id
        if len(found) < _AT_ONCE:
            return
        last = found[-1]


def _now_and_then(work: Callable[[asyncio.Event], Awaitable[None]], *, every: float) -> Job:
    """Until told to stop. A database that is away is tried again at the next round."""

    async def repeat(stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await work(stop)
            except Exception as error:
                logger.warning("audit_not_kept", service="gateway", error=str(error))
            try:
                await asyncio.wait_for(stop.wait(), every)
            except TimeoutError:
                continue

    return repeat
