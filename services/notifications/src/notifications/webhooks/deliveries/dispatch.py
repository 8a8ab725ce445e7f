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
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

import structlog
from cryptography.fernet import InvalidToken
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.leases import LEASE_SECONDS, LeaseRunner, renewing, settle_patiently
from notifications.models import WebhookDelivery
from notifications.webhooks.deliveries import service
from notifications.webhooks.deliveries.posting import Outcome, Poster
from notifications.webhooks.deliveries.service import LaneLease, Turn
from notifications.webhooks.sealing import Sealer
from notifications.webhooks.signing import signatures
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
TURN_SECONDS: Final = 5.0
_MOST_IN_TURN = 40
_CONNECTIONS = 3
"""Lanes are many, and the pool is everybody's."""
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
        self._runner = LeaseRunner("webhooks", database, self._take, self._serve, parallel=LANES)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; then what is under way may end. A database that goes away is waited for."""
        try:
            await self._runner.run(stop)
        finally:
            await self._poster.close()

    async def _take(self, limit: int) -> list[LaneLease]:
        async with self._transaction(_NOBODY) as session:
            return await service.take_lanes(session, seconds=self._lease_seconds, limit=limit)

    async def _serve(self, lane: LaneLease, stop: asyncio.Event) -> None:
        scope = Scope(org_id=lane.org_id)
        rest, ends = 0.0, time.monotonic() + TURN_SECONDS

        def over() -> bool:
            return stop.is_set() or time.monotonic() > ends

        with structlog.contextvars.bound_contextvars(org_id=str(lane.org_id), webhook_id=str(lane.webhook_id)):
            async with renewing(lambda: self._renew(lane, scope), lease_seconds=self._lease_seconds):
                while not rest and not over():
                    async with self._transaction(scope) as session:
                        turn = await service.begin_turn(session, lane, seconds=self._lease_seconds, limit=_MOST_IN_TURN)
                    if turn is None:
                        break
                    rest = await self._post_all(lane, turn, scope, over=over)
            async with self._transaction(scope) as session:
                await service.release_lane(session, lane, rest=rest)

    async def _post_all(self, lane: LaneLease, turn: Turn, scope: Scope, *, over: Callable[[], bool]) -> float:
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

    async def _settle(self, lane: LaneLease, scope: Scope, outcomes: Mapping[UUID, Outcome], *, url: str) -> None:
        async def settle() -> Mapping[UUID, str]:
            async with self._transaction(scope) as session:
                return await service.settle(session, lane, outcomes, url=url, ladder=self._ladder)

        statuses = await settle_patiently(settle)
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

    async def _renew(self, lane: LaneLease, scope: Scope) -> None:
        async with self._transaction(scope) as session:
            await service.hold_lane(session, lane, seconds=self._lease_seconds)


def _by_aggregate(deliveries: Iterable[WebhookDelivery]) -> list[list[WebhookDelivery]]:
    """Those of one aggregate in their order; aggregates in the order in which they first come."""
    lines: dict[UUID, list[WebhookDelivery]] = {}
    for delivery in deliveries:
        lines.setdefault(delivery.subject, []).append(delivery)
    return [sorted(line, key=lambda delivery: delivery.aggregate_version) for line in lines.values()]
