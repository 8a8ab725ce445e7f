"""What notifications publishes."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import Event, State


class MessageState(State):
    """One mail. `cause_id` is what asked for it (the send's id); `document_id` and `contact_id` where it has them."""

    id: UUID
    cause_id: UUID
    contact_id: UUID | None = None
    document_id: UUID | None = None
    attempts: int
    error: str | None = None
    at: AwareDatetime


class MessageSent(Event[MessageState]):
    name = "ficha.notifications.message.sent.v1"


class MessageFailed(Event[MessageState]):
    """Given up after the last attempt."""

    name = "ficha.notifications.message.failed.v1"


class WebhookState(State):
    """An endpoint of another system. `disabled_reason`: a person's wish, 410 Gone, or days of nothing but failures."""

    id: UUID
    description: str | None = None
    types: list[str]
    enabled: bool
    disabled_reason: Literal["by_person", "gone", "failing"] | None = None
    at: AwareDatetime


class WebhookDisabled(Event[WebhookState]):
    """Nothing goes there any more, until a person enables it."""

    name = "ficha.notifications.webhook.disabled.v1"


class WebhookPinged(Event[WebhookState]):
    """A person wants to see whether it works. Goes to that webhook alone, and never over the bus."""

    name = "ficha.notifications.webhook.pinged.v1"
