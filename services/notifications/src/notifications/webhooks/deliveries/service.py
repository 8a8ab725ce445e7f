"""What is done with deliveries, by events, by people and by the worker."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.models import Webhook, WebhookDelivery
from notifications.webhooks import events, filters
from notifications.webhooks import repository as webhooks
from notifications.webhooks.deliveries import repository
from notifications.webhooks.deliveries.posting import Outcome
from notifications.webhooks.errors import WebhookIsDisabled
from notifications.webhooks.makers import service as makers
from notifications.webhooks.service import disable
from shared.clock import utc_now
from shared.events.base import AnyEvent
from shared.events.scopes import scope_for

MOST_REQUEUED: Final = 1000
"""By one request."""
KEPT: Final = timedelta(days=30)
MOST_LOGGED: Final = 20
"""Attempts of one delivery."""
_MOST_HEEDED: Final = 10_000
_JITTER: Final = 0.1
_NOT_ALLOWED: Final = "whoever aimed this webhook last may not read this event, or no longer"


@dataclass(frozen=True, slots=True)
class LaneLease:
    """One worker's hold on what goes to one webhook, until it lets go or does not renew it in time."""

    org_id: UUID
    webhook_id: UUID
    token: UUID


@dataclass(frozen=True, slots=True)
class Turn:
    """What is due in a lane, oldest first, and what sending it takes. `secrets` are sealed."""

    url: str
    secrets: tuple[bytes, ...]
    deliveries: list[WebhookDelivery]


async def fan_out(session: AsyncSession, event: AnyEvent) -> None:
    """To every webhook that is enabled, has chosen it, and was aimed by somebody who may read it."""
    if not await webhooks.are_there_any(session):
        return
    await repository.fan_out(
        session,
        {
            "patterns": filters.patterns_of(event.type),
            "scopes": [filters.EVERYTHING, scope_for(event.type)],
            "id": event.id,
            "type": event.type,
            "scope": scope_for(event.type),
            "subject": event.subject,
            "aggregate_version": event.version,
            "body": orjson.dumps(event.envelope),
        },
    )


async def list_deliveries(
    session: AsyncSession,
    webhook_id: UUID,
    *,
    scopes: frozenset[str],
    status: str | None,
    type_: str | None,
    after: UUID | None,
    limit: int,
) -> list[WebhookDelivery]:
    """One page, newest event first, of those that `scopes` may read. Raises WebhookNotFound."""
    await webhooks.require_webhook(session, webhook_id)
    return await repository.list_deliveries(
        session, webhook_id, scopes=scopes, status=status, type_=type_, after=after, limit=limit
    )


async def get_delivery(
    session: AsyncSession, webhook_id: UUID, delivery_id: UUID, *, scopes: frozenset[str]
) -> WebhookDelivery:
    """Raises WebhookNotFound, DeliveryNotFound."""
    await webhooks.require_webhook(session, webhook_id)
    return await repository.require_delivery(session, webhook_id, delivery_id, scopes=scopes)


async def ping(session: AsyncSession, webhook_id: UUID) -> WebhookDelivery:
    """An event for this webhook alone, whatever it has chosen. Raises WebhookNotFound, WebhookIsDisabled."""
    webhook = await _require_enabled(session, webhook_id)
    event = events.ping(session, webhook)
    return await repository.add_delivery(
        session,
        {
            "webhook_id": webhook_id,
            "id": event.id,
            "type": event.name,
            "scope": None,  # there is nothing in it that one would have to be allowed to read
            "subject": event.subject,
            "aggregate_version": event.version,
            "body": event.to_bytes(),
        },
    )


async def resend_delivery(
    session: AsyncSession, webhook_id: UUID, delivery_id: UUID, *, scopes: frozenset[str]
) -> WebhookDelivery:
    """Once more, now, whatever became of it: under the same id, so that a receiver that has it knows it again.

    Raises WebhookNotFound, WebhookIsDisabled, DeliveryNotFound.
    """
    await _require_enabled(session, webhook_id)
    delivery = await repository.require_delivery(session, webhook_id, delivery_id, scopes=scopes, lock=True)
    await repository.requeue(session, delivery)
    return delivery


async def resend_failed(session: AsyncSession, webhook_id: UUID, *, since: datetime) -> int:
    """What happened since then and was given up; at most MOST_REQUEUED, oldest first. How many there were.

    Raises WebhookNotFound, WebhookIsDisabled.
    """
    await _require_enabled(session, webhook_id)
    return await repository.requeue_failed(session, webhook_id, since=since, limit=MOST_REQUEUED)


async def take_lanes(session: AsyncSession, *, seconds: float, limit: int) -> list[LaneLease]:
    """Of any organisation. See dispatch.py for what a lane is."""
    await repository.heed_wakes(session, limit=_MOST_HEEDED)
    return [LaneLease(*taken) for taken in await repository.take_lanes(session, seconds=seconds, limit=limit)]


async def hold_lane(session: AsyncSession, lane: LaneLease, *, seconds: float) -> bool:
    """False when somebody else has it by now."""
    return await repository.hold_lane(session, lane.webhook_id, lane.token, seconds=seconds)


async def begin_turn(session: AsyncSession, lane: LaneLease, *, seconds: float, limit: int) -> Turn | None:
    """What is due now, at most `limit`. None when nothing is, or when the lane is not ours any more.

    What who aimed the webhook may not read now does not go there, though it was queued when somebody might.
    """
    if not await hold_lane(session, lane, seconds=seconds):
        return None
    webhook = await webhooks.get_webhook(session, lane.webhook_id)
    if webhook is None or not webhook.enabled:
        return None
    due = await repository.list_due(session, lane.webhook_id, limit=limit)
    if not due:
        return None
    scopes = await makers.readable(session, webhook)
    stopped = [delivery for delivery in due if not _may_go(delivery, scopes)]
    for delivery in stopped:
        delivery.status, delivery.due_at, delivery.last_error = "failed", None, _NOT_ALLOWED
    await repository.save_deliveries(session, stopped)
    return Turn(webhook.url, _secrets(webhook), [delivery for delivery in due if _may_go(delivery, scopes)])


async def settle(
    session: AsyncSession, lane: LaneLease, outcomes: Mapping[UUID, Outcome], *, url: str, ladder: Sequence[float]
) -> dict[UUID, str]:
    """Write down what became of one attempt each, at `url`. The deliveries' status, unless forgotten meanwhile.

    Whoever lost the lane meanwhile may say so too: that it arrived is true whoever brought it, and that it did not is
    no news once it did. 410 Gone disables the webhook; so does a ladder climbed to its end without one success; unless
    it goes elsewhere by now.
    """
    arrived = {delivery_id: outcome for delivery_id, outcome in outcomes.items() if outcome.delivered}
    failed = {delivery_id: outcome for delivery_id, outcome in outcomes.items() if not outcome.delivered}
    statuses = dict.fromkeys(arrived, "delivered")
    if arrived:
        lines = [(delivery_id, outcome.status_code, _line(outcome)) for delivery_id, outcome in arrived.items()]
        await repository.note_arrivals(session, lane.webhook_id, lines, most_logged=MOST_LOGGED)
    if failed:
        statuses |= await _settle_failures(session, lane.webhook_id, failed, url=url, ladder=ladder)
    return statuses


async def release_lane(session: AsyncSession, lane: LaneLease, *, rest: float) -> None:
    """Until something is due again, but not before `rest` seconds have gone."""
    # Locked first: what is added after the look at what is due then comes after the release, and wakes the lane again.
    if not await repository.lock_lane(session, lane.webhook_id, lane.token):
        return
    webhook = await webhooks.get_webhook(session, lane.webhook_id)
    enabled = webhook is not None and webhook.enabled
    due_at = await repository.next_due(session, lane.webhook_id) if enabled else None
    await repository.release_lane(session, lane.webhook_id, lane.token, due_at=due_at, rest=rest)


async def list_lanes(
    session: AsyncSession, *, after: tuple[UUID, UUID] | None, limit: int
) -> Sequence[tuple[UUID, UUID]]:
    """(org_id, webhook_id), of any organisation."""
    return await repository.list_lanes(session, after=after, limit=limit)


async def forget(session: AsyncSession, webhook_id: UUID, *, limit: int) -> bool:
    """Some of what is older than KEPT; of a deleted webhook anything, and itself at last. True: there may be more."""
    deleted = await webhooks.get_webhook(session, webhook_id) is None
    forgotten = await repository.forget(session, webhook_id, before=None if deleted else utc_now() - KEPT, limit=limit)
    if forgotten < limit and deleted:
        await webhooks.remove_deleted_webhook(session, webhook_id)
    return forgotten == limit


async def _require_enabled(session: AsyncSession, webhook_id: UUID) -> Webhook:
    webhook = await webhooks.require_webhook(session, webhook_id)
    if not webhook.enabled:
        raise WebhookIsDisabled()
    return webhook


def _may_go(delivery: WebhookDelivery, scopes: frozenset[str]) -> bool:
    return delivery.scope is None or filters.EVERYTHING in scopes or delivery.scope in scopes


def _secrets(webhook: Webhook) -> tuple[bytes, ...]:
    previous, until = webhook.previous_secret, webhook.previous_secret_until
    return (webhook.secret, previous) if previous and until and until > utc_now() else (webhook.secret,)


async def _settle_failures(
    session: AsyncSession, webhook_id: UUID, outcomes: Mapping[UUID, Outcome], *, url: str, ladder: Sequence[float]
) -> dict[UUID, str]:
    deliveries = await repository.lock_deliveries(session, webhook_id, outcomes)
    for delivery in deliveries:
        outcome = outcomes[delivery.id]
        delivery.log = [*delivery.log, _line(outcome)][-MOST_LOGGED:]
        delivery.attempts += 1
        if delivery.status == "pending":
            _failed(delivery, outcome, ladder)
    await repository.save_deliveries(session, deliveries)
    await webhooks.note_failure(session, webhook_id, min(outcome.at for outcome in outcomes.values()))
    gone = any(outcome.gone for outcome in outcomes.values())
    given_up = [delivery.failing_since for delivery in deliveries if delivery.status == "failed"]
    if gone or given_up:
        await _disable_if_hopeless(session, webhook_id, given_up, url=url, gone=gone)
    return {delivery.id: delivery.status for delivery in deliveries}


def _line(outcome: Outcome) -> dict[str, Any]:
    """Of a delivery's log."""
    return {
        "at": outcome.at.isoformat(),
        "ms": outcome.ms,
        "status_code": outcome.status_code,
        "answer": outcome.answer,
        "error": outcome.error,
    }


def _failed(delivery: WebhookDelivery, outcome: Outcome, ladder: Sequence[float]) -> None:
    """One rung higher, or given up."""
    delivery.last_status_code, delivery.last_error = outcome.status_code, outcome.error
    delivery.failing_since = delivery.failing_since or outcome.at
    if outcome.gone or delivery.failures >= len(ladder):
        delivery.status, delivery.due_at = "failed", None
        return
    # A little later than the ladder says, by chance: what failed together must not come back together.
    wait = ladder[delivery.failures] * (1 + _JITTER * random.random())  # noqa: S311 - nothing secret about it
    delivery.failures += 1
    delivery.due_at = utc_now() + timedelta(seconds=max(wait, outcome.rest))


async def _disable_if_hopeless(
    session: AsyncSession, webhook_id: UUID, given_up: Sequence[datetime | None], *, url: str, gone: bool
) -> None:
    """`given_up`: when the deliveries that were given up began to fail."""
    webhook = await webhooks.get_webhook(session, webhook_id, lock=True)
    if webhook is None or not webhook.enabled or webhook.url != url:
        return
    if gone:
        await disable(session, webhook, "gone")
    elif webhook.failing_since and any(began and webhook.failing_since <= began for began in given_up):
        await disable(session, webhook, "failing")
