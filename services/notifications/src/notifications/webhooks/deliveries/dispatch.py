"""The job that delivers to webhooks.

The promise: at least once, under an id that stays, as long as the ladder has rungs; in no promised order, because a
receiver that applies what has a newer `aggregateversion` needs none.

    lane     every webhook has one. A worker takes the lane, for so long as it lives and renews it, so one endpoint
             never gets more than AT_ONCE at a time from all workers together. Committed.
    turn     what is due in the lane is posted: events of one aggregate one after another, of several side by side.
    settle   delivered | due again later | failed, delivery by delivery, as soon as its answer is there. Committed.
    release  after some seconds, or when nothing is due any more, the lane goes behind the others. An endpoint that
             says it has too much, or does not answer, is left alone for a while.

A worker that dies between an answer and its settling leaves a lane whose lease runs out, and the next one posts again:
the receiver sees the same `webhook-id` twice. A slow endpoint costs its own lane and nobody else's.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

import structlog
from cryptography.fernet import InvalidToken
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.models import WebhookDelivery
from notifications.webhooks.deliveries import service
from notifications.webhooks.deliveries.posting import Outcome, Poster
from notifications.webhooks.deliveries.service import Batcher, Turn
from notifications.webhooks.sealing import Sealer
from notifications.webhooks.signing import signatures
from shared.bus.waiting import wait_for_any
from shared.clock import utc_now
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.events.base import CONTENT_TYPE

logger = structlog.get_logger("webhooks")

RETRY_DELAYS: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before each further attempt, as the specification suggests: three days and three hours in all."""
LANES: Final = 32
AT_ONCE: Final = 4
"""In one lane: so many endpoints, and so many requests to each of them, at most."""
LEASE_SECONDS: Final = 30.0
TURN_SECONDS: Final = 5.0
POLL_SECONDS: Final = 1.0
_MOST_IN_TURN = 40
_CONNECTIONS = 3
"""Lanes are many, and the pool is everybody's."""
_DRAIN_SECONDS = 6
_SETTLE_PAUSES = (0.2, 1, 2, 5, 10)
_NOBODY = Scope(org_id=None)


class Dispatch:
    def __init__(
        self,
        database: Database,
        poster: Poster,
        sealer: Sealer,
        *,
        ladder: Sequence[float] = RETRY_DELAYS,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self._database = database
        self._poster = poster
        self._sealer = sealer
        self._ladder = ladder
        self._lease_seconds = lease_seconds
        self._connections = asyncio.Semaphore(_CONNECTIONS)
        self._wake = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        database.on_events(self._wake.set)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; then what is under way may end. A database that goes away is waited for."""
        try:
            while not stop.is_set():
                self._wake.clear()
                try:
                    await self._take(stop)
                except Exception as error:
                    logger.warning("lanes_unreadable", error=str(error))
                await wait_for_any(self._wake, stop, within=POLL_SECONDS)
            if self._running:
                await asyncio.wait(self._running, timeout=_DRAIN_SECONDS)
        finally:
            # What is cut off here is as if its worker had died: it is posted again once the lease has run out.
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
            await self._poster.close()

    async def _take(self, stop: asyncio.Event) -> None:
        free = LANES - len(self._running)
        if not free:
            return
        async with self._transaction(_NOBODY) as session:
            lanes = await service.take_lanes(session, seconds=self._lease_seconds, limit=free)
        for lane in lanes:
            task = asyncio.create_task(self._serve(lane, stop))
            self._running.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()):
            logger.error("lane_left", reason="its lease will run out", exc_info=error)

    async def _serve(self, lane: Batcher, stop: asyncio.Event) -> None:
        scope = Scope(org_id=lane.org_id)
        rest, ends = 0.0, time.monotonic() + TURN_SECONDS

        def over() -> bool:
            return stop.is_set() or time.monotonic() > ends

        with structlog.contextvars.bound_contextvars(org_id=str(lane.org_id), webhook_id=str(lane.webhook_id)):
            async with self._kept(lane, scope):
                while not rest and not over():
                    async with self._transaction(scope) as session:
                        turn = await service.begin_turn(session, lane, seconds=self._lease_seconds, limit=_MOST_IN_TURN)
                    if turn is None:
                        break
                    rest = await self._post_all(lane, turn, scope, over=over)
            async with self._transaction(scope) as session:
                await service.release_lane(session, lane, rest=rest)

    async def _post_all(self, lane: Batcher, turn: Turn, scope: Scope, *, over: Callable[[], bool]) -> float:
        """Until all is posted, or `over`, or the endpoint wants no more: what is left stays due.

        Answers for how many seconds it wants to be left alone.
        """
        lines = iter(_by_aggregate(turn.deliveries))
        last_words: list[Outcome] = []
        finished: dict[UUID, Outcome] = {}
        settling = asyncio.Lock()

        async def settle() -> None:
            """What was finished while others were being settled is settled together: a commit costs more than a row."""
            async with settling:
                together = dict(finished)
                finished.clear()
                if together:
                    await self._settle(lane, scope, together, url=turn.url)

        async def post_line_after_line() -> None:
            for line in lines:
                for delivery in line:
                    if last_words or over():
                        return
                    outcome = await self._post(turn, delivery)
                    if outcome.rest or outcome.gone:
                        last_words.append(outcome)
                    finished[delivery.id] = outcome
                    await settle()

        async with asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(post_line_after_line())
        return max((outcome.rest for outcome in last_words), default=0)

    async def _post(self, turn: Turn, delivery: WebhookDelivery) -> Outcome:
        message_id, timestamp = str(delivery.id), int(time.time())
        try:
            secrets = [self._sealer.open(sealed) for sealed in turn.secrets]
        except InvalidToken:
            logger.error("secret_unreadable", reason="none of the keys in the settings opens it")
            return Outcome(utc_now(), 0, error="the webhook's secret cannot be read; rotate it")
        headers = {
            "Content-Type": CONTENT_TYPE,
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signatures(secrets, message_id, timestamp, delivery.body),
        }
        return await self._poster.post(turn.url, headers, delivery.body)

    async def _settle(self, lane: Batcher, scope: Scope, outcomes: Mapping[UUID, Outcome], *, url: str) -> None:
        """Only this process knows them: a database that is away is worth some patience."""
        for pause in (*_SETTLE_PAUSES, None):
            try:
                async with self._transaction(scope) as session:
                    statuses = await service.settle(session, lane, outcomes, url=url, ladder=self._ladder)
            except Exception as error:
                if pause is None:
                    raise
                logger.warning("not_settled", error=str(error), again_in=pause)
                await asyncio.sleep(pause)
            else:
                break
        for delivery_id, outcome in outcomes.items():
            logger.info(
                "posted",
                delivery_id=str(delivery_id),
                status=statuses.get(delivery_id),
                status_code=outcome.status_code,
                ms=outcome.ms,
                error=outcome.error,
            )

    @asynccontextmanager
    async def _transaction(self, scope: Scope) -> AsyncIterator[AsyncSession]:
        async with self._connections, self._database.transaction(scope) as session:
            yield session

    @asynccontextmanager
    async def _kept(self, lane: Batcher, scope: Scope) -> AsyncIterator[None]:
        """Renew the lease as long as this process lives and works on it."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(self._lease_seconds / 3)
                with contextlib.suppress(Exception):  # not renewed: it runs out, which is what leases are for
                    async with self._transaction(scope) as session:
                        await service.hold_lane(session, lane, seconds=self._lease_seconds)

        renewing = asyncio.create_task(renew())
        try:
            yield
        finally:
            renewing.cancel()


def _by_aggregate(deliveries: Iterable[WebhookDelivery]) -> list[list[WebhookDelivery]]:
    """Those of one aggregate in their order; aggregates in the order in which they first come."""
    lines: dict[UUID, list[WebhookDelivery]] = {}
    for delivery in deliveries:
        lines.setdefault(delivery.subject, []).append(delivery)
    return [sorted(line, key=lambda delivery: delivery.aggregate_version) for line in lines.values()]
