"""The job that forgets: the log of deliveries after thirty days, what deleted webhooks left behind, and who is gone."""

import asyncio
from typing import Final
from uuid import UUID

import structlog

from notifications.webhooks.deliveries import service
from notifications.webhooks.makers import service as makers
from shared.bus.waiting import wait_for_any
from shared.db.session import Database
from shared.db.tenancy import Scope

logger = structlog.get_logger("webhooks")

_EVERY_SECONDS: Final = 3600
_LANES_AT_ONCE: Final = 200
_ROWS_AT_ONCE: Final = 1000
_NOBODY = Scope(org_id=None)


class Retention:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self.forget_old(stop)
            except Exception as error:
                logger.warning("not_forgotten", error=str(error))
            await wait_for_any(stop, within=_EVERY_SECONDS)

    async def forget_old(self, stop: asyncio.Event) -> None:
        """Webhook by webhook, in pieces, so that nobody waits for long."""
        last: tuple[UUID, UUID] | None = None
        while True:
            async with self._database.transaction(_NOBODY) as session:
                lanes = await service.list_lanes(session, after=last, limit=_LANES_AT_ONCE)
            for org_id in dict.fromkeys(org_id for org_id, _ in lanes):
                async with self._database.transaction(Scope(org_id=org_id)) as session:
                    await makers.disable_without_maker(session)
            for org_id, webhook_id in lanes:
                while not stop.is_set() and await self._forget_some(org_id, webhook_id):
                    pass
            if len(lanes) < _LANES_AT_ONCE or stop.is_set():
                return
            last = lanes[-1]

    async def _forget_some(self, org_id: UUID, webhook_id: UUID) -> bool:
        async with self._database.transaction(Scope(org_id=org_id)) as session:
            return await service.forget(session, webhook_id, limit=_ROWS_AT_ONCE)
