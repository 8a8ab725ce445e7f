"""What notifications publishes."""

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
