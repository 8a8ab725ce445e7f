"""The one place that decides what becomes of a delivered message: done, again later, or dead."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus import inbox
from shared.bus.message import Headers, Message
from shared.bus.topology import ATTEMPT, FIRST_FAILURE, HANDLER, LADDER, LAST_FAILURE, REASON
from shared.db.base import utc_now
from shared.db.engine import is_away
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.events.base import Event

logger = structlog.get_logger("consumer")

Handler = Callable[[AsyncSession, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """One row of a service's SUBSCRIPTIONS table: this event (`AnyEvent`: every one) goes to this handler."""

    event: type[Event[Any]]
    handler: Handler


@dataclass(frozen=True, slots=True)
class Done:
    """Handled now or before, or of no interest."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Deliver again after `seconds`, carrying `headers`."""

    seconds: int
    headers: Headers


@dataclass(frozen=True, slots=True)
class Dead:
    headers: Headers


Verdict = Done | Retry | Dead


class Consumer:
    """A service's ear: its subscriptions over its own database. `ladder`: seconds before each retry."""

    def __init__(
        self,
        service: str,
        database: Database,
        subscriptions: Sequence[Subscription],
        *,
        ladder: tuple[int, ...] = LADDER,
    ) -> None:
        self.service = service
        self.database = database
        self.ladder = ladder
        # Handlers must not wait for connections so long that they fail, nor starve relay and HTTP door of them.
        self._slots = asyncio.Semaphore(max(1, database.connections - 2))
        self._subscriptions = {subscription.event.name: subscription for subscription in subscriptions}
        if len(self._subscriptions) != len(subscriptions):
            raise ValueError(f"{service} subscribes to one event twice")

    @property
    def names(self) -> list[str]:
        return sorted(self._subscriptions)

    def wants(self, name: str) -> bool:
        return name in self._subscriptions

    async def handle(self, message: Message) -> Verdict:
        """Never raises for what a handler or a body did wrong: that is what verdicts are for."""
        subscription = self._subscriptions.get(message.name)
        if subscription is None:
            logger.warning("event_of_no_interest", consumer=self.service, name=message.name)
            return Done()
        try:
            event = subscription.event.from_envelope(orjson.loads(message.body))
        except (ValueError, ValidationError, AttributeError) as error:
            return self._dead(message, subscription, f"undecodable: {error}")
        scope = Scope(
            org_id=event.org_id,
            actor=event.actor,
            correlation_id=event.correlation_id,
            causation_id=str(event.id),
            traceparent=event.traceparent,
        )
        with structlog.contextvars.bound_contextvars(
            service=self.service, event_id=str(event.id), event_name=event.name, org_id=str(event.org_id)
        ):
            entered = False
            try:
                async with self._slots, self.database.transaction(scope) as session:
                    entered = True
                    if await inbox.remember(session, self.service, event.id):
                        await subscription.handler(session, event)
            except Exception as error:
                if not entered or is_away(error):
                    # No fault of the message: however long the database is away, it climbs no rung.
                    logger.warning("database_away", error=str(error))
                    return Retry(self.ladder[0], message.headers)
                return self._failed(message, subscription, error)
        return Done()

    def _failed(self, message: Message, subscription: Subscription, error: Exception) -> Verdict:
        attempt = _attempt(message.headers)
        reason = f"{type(error).__name__}: {error}"
        if attempt >= len(self.ladder):
            return self._dead(message, subscription, reason)
        logger.warning("handler_failed", attempt=attempt + 1, again_in=self.ladder[attempt], exc_info=error)
        return Retry(self.ladder[attempt], self._headers(message, subscription, reason))

    def _dead(self, message: Message, subscription: Subscription, reason: str) -> Dead:
        logger.error("dead_letter", consumer=self.service, name=message.name, reason=reason)
        return Dead(self._headers(message, subscription, reason))

    def _headers(self, message: Message, subscription: Subscription, reason: str) -> Headers:
        now = utc_now().isoformat()
        return {
            **message.headers,
            ATTEMPT: _attempt(message.headers) + 1,
            REASON: reason[:1000],
            HANDLER: getattr(subscription.handler, "__name__", "handler"),
            FIRST_FAILURE: message.headers.get(FIRST_FAILURE, now),
            LAST_FAILURE: now,
        }


def _attempt(headers: Headers) -> int:
    attempt = headers.get(ATTEMPT)
    return attempt if isinstance(attempt, int) else 0
