"""The bus process of a service: its relay, its consumer, its jobs, ended together when one of them dies."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from shared.bus import dead_letters, inbox
from shared.bus.backlog_gauges import BacklogGauges
from shared.bus.consumer import AnySubscription, Consumer
from shared.bus.dead_letters import DeadLetterReplayer
from shared.bus.metrics import BusMetrics
from shared.bus.relay import Relay
from shared.bus.transport import Transport
from shared.db.session import Database
from shared.supervision import outlive

logger = structlog.get_logger("worker")

Job = Callable[[asyncio.Event], Awaitable[None]]
"""Runs until the event is set, and no shorter."""

_HOUSEKEEPING_SECONDS = 3600


class Worker:
    def __init__(
        self,
        service: str,
        database: Database,
        transport: Transport,
        subscriptions: Sequence[AnySubscription] = (),
        *,
        jobs: Sequence[Job] = (),
    ) -> None:
        self._service = service
        self._database = database
        self._transport = transport
        self.metrics = BusMetrics()
        self._relay = Relay(service, database, transport, metrics=self.metrics)
        self._jobs = [*jobs, BacklogGauges(database, transport, self.metrics).run]
        if subscriptions:
            consumer = Consumer(service, database, subscriptions, metrics=self.metrics)
            transport.attach(consumer)
            self._jobs.append(DeadLetterReplayer(consumer).run)

    async def missing(self) -> str | None:
        """A readiness check."""
        return self._transport.missing()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; raises when any task dies, so that the process ends and is started anew."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for job in (self._relay.run, self._transport.run, self._housekeep, *self._jobs):
                    tasks.create_task(outlive(job, stop))
        finally:
            # Not before the relay has its last confirmations: what it could not delete goes out twice.
            await self._transport.close()

    async def _housekeep(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await inbox.forget_old(self._database.engine)
                await dead_letters.forget_old(self._database.engine)
            except Exception as error:
                logger.warning("housekeeping_failed", service=self._service, error=str(error))
            try:
                await asyncio.wait_for(stop.wait(), _HOUSEKEEPING_SECONDS)
            except TimeoutError:
                continue
