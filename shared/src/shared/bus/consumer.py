"""The one place that decides what becomes of a delivered message: done, again later, or dead."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

import orjson
import structlog
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus import failpoints, inbox, spans
from shared.bus.message import Headers, Message
from shared.bus.metrics import BusMetrics
from shared.bus.topology import ATTEMPT, FIRST_FAILURE, HANDLER, LAST_FAILURE, REASON, RETRY_DELAYS
from shared.clock import utc_now
from shared.db.engine import is_away
from shared.db.session import Database
from shared.db.tenancy import Scope, enter
from shared.events.base import EVERYTHING, Event
from shared.tracing import trace_id_of

logger = structlog.get_logger("consumer")
_levels = logging.getLogger("consumer")

_MOST_TOGETHER = 100
"""Events a transaction: more would hold their rows' locks for long, and gain little."""
REBUILD_PAUSE = 0.05
"""Seconds after which it is asked again whether a rebuild lets handlers in."""

EventT = TypeVar("EventT", bound=Event[Any])


@dataclass(frozen=True, slots=True)
class Subscription(Generic[EventT]):
    """One row of a service's SUBSCRIPTIONS table: this event (`AnyEvent`: every one) goes to this handler.

    `keeps_replica`: the handler only keeps a copy of what the event tells, so a rebuild may call it again, at any time
    and in any order. Never set it for an effect (a mail, a draft).
    """

    event: type[EventT]
    handler: Callable[[AsyncSession, EventT], Awaitable[None]]
    keeps_replica: bool = False


AnySubscription = Subscription[Any]
"""In tables, where each row has an event of its own."""


@dataclass(frozen=True, slots=True)
class Done:
    """Handled now or before (`duplicate`), or of no interest (`ignored`): all the same, except to who counts."""

    outcome: Literal["done", "duplicate", "ignored"] = field(default="done", compare=False)


@dataclass(frozen=True, slots=True)
class Retry:
    """Deliver again after `seconds`, carrying `headers`."""

    seconds: int
    headers: Headers


@dataclass(frozen=True, slots=True)
class Dead:
    headers: Headers


Verdict = Done | Retry | Dead


class DatabaseAway(Exception):
    """The database does not answer; no message is to blame: hold them, and try again."""


class Consumer:
    """A service's subscriptions over its own database. `retry_delays`: seconds before each retry."""

    def __init__(
        self,
        service: str,
        database: Database,
        subscriptions: Sequence[AnySubscription],
        *,
        retry_delays: tuple[int, ...] = RETRY_DELAYS,
        metrics: BusMetrics | None = None,
    ) -> None:
        self.metrics = metrics or BusMetrics()
        self.service = service
        self.database = database
        self.retry_delays = retry_delays
        # Handlers must not wait for connections so long that they fail, nor starve relay and HTTP door of them.
        self._slots = asyncio.Semaphore(max(1, database.connections - 2))
        self._subscriptions = {subscription.event.name: subscription for subscription in subscriptions}
        if len(self._subscriptions) != len(subscriptions):
            raise ValueError(f"{service} subscribes to one event twice")

    @property
    def names(self) -> list[str]:
        """What its queue is bound with: wire names, or `#`."""
        return sorted(self._subscriptions)

    def subscribes_to(self, name: str) -> bool:
        return bool(self._listening_to(name))

    async def handle(self, message: Message) -> Verdict:
        [verdict] = await self.handle_all([message])
        return verdict

    async def handle_all(self, messages: Sequence[Message]) -> list[Verdict]:
        """Returns one verdict for each, in their order. Those of one organisation take effect in that order too.

        Many share one transaction, because a commit costs more than most handlers; each has its effect alone where
        together they fail. Raises DatabaseAway, and never for what a handler or a body did wrong: that is what
        verdicts are for. What had its effect before the database went away is known when it comes again.
        """
        verdicts: dict[int, Verdict] = {}
        readable: list[_Delivery] = []
        for place, message in enumerate(messages):
            read = self._read(place, message)
            if isinstance(read, _Delivery):
                readable.append(read)
            else:
                verdicts[place] = read
        readable.sort(key=lambda delivery: delivery.org_id)  # stable; it is costly to go from one to another
        for start in range(0, len(readable), _MOST_TOGETHER):
            together = readable[start : start + _MOST_TOGETHER]
            found = await self._handle_together(together)
            verdicts.update(zip((delivery.place for delivery in together), found, strict=True))
        ordered = [verdicts[place] for place in range(len(messages))]
        self.metrics.count_handled(
            (message.name, _outcome(verdict)) for message, verdict in zip(messages, ordered, strict=True)
        )
        return ordered

    def _read(self, place: int, message: Message) -> "_Delivery | Verdict":
        subscriptions = self._listening_to(message.name)
        if not subscriptions:
            logger.warning("event_of_no_interest", consumer=self.service, name=message.name)
            return Done("ignored")
        try:
            envelope = orjson.loads(message.body)
            events = [subscription.event.from_envelope(envelope) for subscription in subscriptions]
        except (ValueError, ValidationError, AttributeError) as error:
            return self._dead(message, subscriptions[0], f"undecodable: {_what_is_wrong(error)}")
        return _Delivery(place, message, tuple(zip(subscriptions, events, strict=True)))

    def _listening_to(self, name: str) -> list[AnySubscription]:
        found = (self._subscriptions.get(name), self._subscriptions.get(EVERYTHING))
        return [subscription for subscription in found if subscription]

    async def _handle_together(self, deliveries: Sequence["_Delivery"]) -> list[Verdict]:
        if not deliveries:
            return []
        attempt = _Attempt()
        while True:
            try:
                return await self._attempt(deliveries, attempt)
            except inbox.RebuildInProgress:
                await asyncio.sleep(REBUILD_PAUSE)
            except Exception as error:
                return await self._after_failure(deliveries, attempt, error)

    async def _attempt(self, deliveries: Sequence["_Delivery"], attempt: "_Attempt") -> list[Verdict]:
        verdicts: list[Verdict] = []
        affected: list[_Delivery] = []
        attempt.connected = False
        async with self._slots, self.database.opened() as session:
            await session.connection()
            attempt.connected = True
            ids = [delivery.event_id for delivery in deliveries]
            fresh = await inbox.insert_new(session, self.service, ids, deliveries[0].scope())
            for attempt.at, delivery in enumerate(deliveries):
                if delivery.event_id in fresh:
                    fresh.discard(delivery.event_id)  # it may have been delivered twice in one batch
                    await self._run(session, delivery, attempt)
                    affected.append(delivery)
                    verdicts.append(Done())
                else:
                    verdicts.append(Done("duplicate"))
            attempt.subscription = None
            failpoints.reach(failpoints.CONSUMER_AFFECTED)
        failpoints.reach(failpoints.CONSUMER_COMMITTED)
        now = utc_now()
        lags = ((now - delivery.occurred_at).total_seconds() for delivery in affected)
        self.metrics.observe_batch(len(deliveries), lags)
        return verdicts

    async def _run(self, session: AsyncSession, delivery: "_Delivery", attempt: "_Attempt") -> None:
        with (
            spans.consume(self.service, delivery.message.name, delivery.heard[0][1]) as span,
            structlog.contextvars.bound_contextvars(service=self.service, **delivery.log_ids),
        ):
            await enter(session, delivery.scope(span.traceparent))
            started = time.perf_counter()
            for attempt.subscription, event in delivery.heard:
                await attempt.subscription.handler(session, event)
            if session.new or session.dirty or session.deleted:
                await session.flush()
            seconds = time.perf_counter() - started
            self.metrics.observe_handler(delivery.message.name, seconds)
            if _levels.isEnabledFor(logging.DEBUG):  # asked first: at this rate even what is not logged costs
                logger.debug("event_handled", ms=round(seconds * 1000, 1))
            # The next one sees the database, not what this one had loaded before somebody else changed it.
            session.expunge_all()

    async def _after_failure(
        self, deliveries: Sequence["_Delivery"], attempt: "_Attempt", error: Exception
    ) -> list[Verdict]:
        """Nothing was committed. Who failed among others is tried alone, between those before and those after it."""
        if not attempt.connected or is_away(error):
            # However long that lasts, no message uses up an attempt, and none overtakes another.
            raise DatabaseAway(str(error)) from error
        if len(deliveries) == 1:
            [delivery] = deliveries
            with structlog.contextvars.bound_contextvars(service=self.service, **delivery.log_ids):
                return [self._failed(delivery.message, attempt.subscription or delivery.heard[0][0], error)]
        if attempt.subscription is None:  # the commit failed, which names nobody
            return [verdict for delivery in deliveries for verdict in await self._handle_together([delivery])]
        parts = (deliveries[: attempt.at], deliveries[attempt.at : attempt.at + 1], deliveries[attempt.at + 1 :])
        return [verdict for part in parts for verdict in await self._handle_together(part)]

    def _failed(self, message: Message, subscription: AnySubscription, error: Exception) -> Verdict:
        attempt = attempts_of(message.headers)
        reason = f"{type(error).__name__}: {error}"
        if attempt >= len(self.retry_delays):
            return self._dead(message, subscription, reason)
        logger.warning("handler_failed", attempt=attempt + 1, again_in=self.retry_delays[attempt], exc_info=error)
        return Retry(self.retry_delays[attempt], self._headers(message, subscription, reason))

    def _dead(self, message: Message, subscription: AnySubscription, reason: str) -> Dead:
        logger.error("dead_letter", consumer=self.service, name=message.name, reason=reason)
        return Dead(self._headers(message, subscription, reason))

    def _headers(self, message: Message, subscription: AnySubscription, reason: str) -> Headers:
        now = utc_now().isoformat()
        return {
            **message.headers,
            ATTEMPT: attempts_of(message.headers) + 1,
            REASON: reason[:1000],
            HANDLER: getattr(subscription.handler, "__name__", "handler"),
            FIRST_FAILURE: message.headers.get(FIRST_FAILURE, now),
            LAST_FAILURE: now,
        }


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A decoded message with its subscriptions. `place` is its index among those given together."""

    place: int
    message: Message
    heard: tuple[tuple[AnySubscription, Event[Any]], ...]

    @property
    def event_id(self) -> UUID:
        return self.heard[0][1].id

    @property
    def org_id(self) -> UUID:
        return self.heard[0][1].org_id

    @property
    def occurred_at(self) -> datetime:
        return self.heard[0][1].occurred_at

    def scope(self, traceparent: str = "") -> Scope:
        """What handling it happens under; `traceparent`: of its span."""
        event = self.heard[0][1]
        return Scope(
            org_id=event.org_id,
            actor=event.actor,
            correlation_id=event.correlation_id,
            causation_id=str(event.id),
            traceparent=traceparent,
        )

    @property
    def log_ids(self) -> dict[str, str]:
        event = self.heard[0][1]
        return {
            "event_id": str(event.id),
            "event_name": self.message.name,
            "org_id": str(event.org_id),
            "correlation_id": event.correlation_id,
            "trace_id": trace_id_of(event.traceparent),
        }


@dataclass(slots=True)
class _Attempt:
    """How far a transaction got: whether it was connected, which delivery it was at, and whose handler ran."""

    connected: bool = False
    at: int = 0
    subscription: AnySubscription | None = None


def _outcome(verdict: Verdict) -> str:
    """As metrics call it."""
    match verdict:
        case Done(outcome):
            return outcome
        case Retry():
            return "retry"
        case Dead():
            return "dead"


def attempts_of(headers: Headers) -> int:
    """Returns how often handling it has failed."""
    attempt = headers.get(ATTEMPT)
    return attempt if isinstance(attempt, int) else 0


def _what_is_wrong(error: Exception) -> str:
    """Returns which fields are wrong and why, without their values: personal data, and reasons end in logs."""
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(f"{'.'.join(str(part) for part in wrong['loc'])}: {wrong['msg']}" for wrong in error.errors())
