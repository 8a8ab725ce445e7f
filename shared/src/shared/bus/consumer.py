"""The one place that decides what becomes of a delivered message: done, again later, or dead."""

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
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.events.base import Event

logger = structlog.get_logger("consumer")

Handler = Callable[[AsyncSession, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """One row of a service's SUBSCRIPTIONS table: this event goes to this handler."""

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
    """A service's ear: its subscriptions over its own database."""

    def __init__(self, service: str, database: Database, subscriptions: Sequence[Subscription]) -> None:
        self.service = service
        self.database = database
        self._subscriptions = {subscription.event.name: subscription for subscription in subscriptions}
        if len(self._subscriptions) != len(subscriptions):
            raise ValueError(f"{service} subscribes to one event twice")

    @property
    def names(self) -> list[str]:
        return sorted(self._subscriptions)

    async def handle(self, message: Message) -> Verdict:
        """Never raises for what a handler or a body did wrong: that is what verdicts are for."""
        subscription = self._subscriptions.get(message.name)
        if subscription is None:
            logger.warning("event_of_no_interest", consumer=self.service, event=message.name)
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
            service=self.service, event_id=str(event.id), event=event.name, org_id=str(event.org_id)
        ):
            try:
                async with self.database.transaction(scope) as session:
                    if await inbox.remember(session, self.service, event.id):
                        await subscription.handler(session, event)
            except Exception as error:
                return self._failed(message, subscription, error)
        return Done()

    def _failed(self, message: Message, subscription: Subscription, error: Exception) -> Verdict:
        attempt = int(message.headers.get(ATTEMPT, 0))
        reason = f"{type(error).__name__}: {error}"[:1000]
        if attempt >= len(LADDER):
            return self._dead(message, subscription, reason)
        logger.warning("handler_failed", attempt=attempt + 1, again_in=LADDER[attempt], exc_info=error)
        return Retry(LADDER[attempt], self._headers(message, subscription, reason))

    def _dead(self, message: Message, subscription: Subscription, reason: str) -> Dead:
        logger.error("dead_letter", consumer=self.service, name=message.name, reason=reason)
        return Dead(self._headers(message, subscription, reason))

    def _headers(self, message: Message, subscription: Subscription, reason: str) -> Headers:
        now = utc_now().isoformat()
        return {
            **message.headers,
            ATTEMPT: int(message.headers.get(ATTEMPT, 0)) + 1,
            REASON: reason[:1000],
            HANDLER: getattr(subscription.handler, "__name__", "handler"),
            FIRST_FAILURE: message.headers.get(FIRST_FAILURE, now),
            LAST_FAILURE: now,
        }
