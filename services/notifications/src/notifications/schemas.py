"""HTTP shapes of messages."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.events.documents import DocumentType
from shared.web.shapes import View

Status = Literal["queued", "sending", "sent", "failed", "unknown", "cancelled"]


class RecipientOut(View):
    """`refused` carries the server's words in `detail`; so does `pending`, when the server put this one off.

    `outside`: typed by the sender, and no address of the contact or of its people.
    """

    kind: Literal["to", "cc", "bcc"]
    email: str
    name: str | None
    outside: bool = False
    status: Literal["pending", "accepted", "refused", "unknown"]
    detail: str | None


class MessageOut(View):
    """`document_…` where it is the mail of a document; a `password_reset` goes to a client of the portal, a
    `security_notice` to a client or to one of our own people, who is no contact."""

    id: UUID
    version: int
    kind: Literal["document", "password_reset", "security_notice"]
    status: Status
    contact_id: UUID | None
    document_id: UUID | None
    document_type: DocumentType | None
    document_number: str | None
    language: str
    subject: str
    recipients: list[RecipientOut]
    attempts: int
    next_attempt_at: datetime | None
    last_error: str | None
    sent_at: datetime | None
    created_at: datetime
    updated_at: datetime


class AttemptOut(View):
    """`outcome` is null while it runs."""

    number: int
    started_at: datetime
    ended_at: datetime | None
    outcome: Literal["accepted", "deferred", "rejected", "unknown", "interrupted"] | None
    detail: str | None


class MessageDetail(MessageOut):
    """`log`: newest first, the latest 200. `text` without the secret that a `password_reset` carries."""

    text: str
    attachment_name: str | None
    log: list[AttemptOut]
