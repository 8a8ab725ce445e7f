"""Rows of webhooks as events: published ones, and the ping that goes to one webhook alone."""

from sqlalchemy.ext.asyncio import AsyncSession

from notifications.models import Webhook
from shared.bus import outbox
from shared.clock import utc_now
from shared.db.tenancy import scope_of
from shared.events.notifications import WebhookDisabled, WebhookPinged, WebhookState
from shared.identifiers import new_id


async def record_disabled(session: AsyncSession, webhook: Webhook) -> None:
    await outbox.record(
        session,
        WebhookDisabled,
        subject=webhook.id,
        version=webhook.version,
        data=_state(webhook),
        changed=["enabled", "disabled_reason"],
    )


def ping(session: AsyncSession, webhook: Webhook) -> WebhookPinged:
    """An event that nobody records: it is for this webhook only."""
    scope = scope_of(session)
    return WebhookPinged(
        id=new_id(),
        occurred_at=utc_now(),
        org_id=webhook.org_id,
        subject=webhook.id,
        version=webhook.version,
        data=_state(webhook),
        actor=scope.actor,
        correlation_id=scope.correlation_id,
        traceparent=scope.traceparent,
    )


def _state(webhook: Webhook) -> WebhookState:
    """Without its URL, in which receivers like to hide keys."""
    return WebhookState.model_validate(
        {
            "id": webhook.id,
            "description": webhook.description,
            "types": webhook.types,
            "enabled": webhook.enabled,
            "disabled_reason": webhook.disabled_reason,
            "at": webhook.updated_at,
        }
    )
