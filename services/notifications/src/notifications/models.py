"""Tables of notifications."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Identity, Integer, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db.base import Entity, Tenanted, new_metadata


class Base(DeclarativeBase):
    metadata = new_metadata()


class Message(Entity, Base):
    """One mail, worded when it was asked for. Its id is the id of the wish that caused it.

    `kind`: `document` (then the fields of one are there), or `password_reset`, whose link is asked for at each attempt
    and stands in no row; or `security_notice`, which may be for one of our own people and then names no contact.
    `recipients`: [{kind: to|cc|bcc, email, name, outside, status: pending|accepted|refused|unknown, detail}].
    `attempts` counts all; `failures` those since it was last queued, and is its place on the retry ladder.
    `phase` and `lease` tell who is sending it and how far that went (see delivery.py).
    """

    __tablename__ = "message"

    kind: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    contact_id: Mapped[UUID | None] = mapped_column(Uuid)
    document_id: Mapped[UUID | None] = mapped_column(Uuid)
    document_type: Mapped[str | None] = mapped_column(Text)
    document_number: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    sender_name: Mapped[str] = mapped_column(Text)
    reply_to: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    attachment_name: Mapped[str | None] = mapped_column(Text)
    recipients: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_error: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    phase: Mapped[str | None] = mapped_column(Text)
    lease: Mapped[UUID | None] = mapped_column(Uuid)
    correlation_id: Mapped[str] = mapped_column(Text)
    causation_id: Mapped[str] = mapped_column(Text)
    traceparent: Mapped[str] = mapped_column(Text)


class Attempt(Tenanted, Base):
    """One line of a message's log. `outcome`: accepted, deferred, rejected, unknown, interrupted; None: running."""

    __tablename__ = "attempt"

    message_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    outcome: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[str | None] = mapped_column(Text)


class Delivery(Base):
    """A message queued or being sent. The worker's queue across organisations, like the outbox: no tenant table.

    `due_at` is when it may be taken: the next attempt, or, under a lease, the lease's end.
    """

    __tablename__ = "delivery"

    org_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    message_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    lease: Mapped[UUID | None] = mapped_column(Uuid)


class Webhook(Entity, Base):
    """An endpoint of another system, and which events go there.

    `types`: wire names, or prefixes ending in `*`. `scopes`: what whoever aimed it could read then; nothing else goes
    there, whatever `types` says, nor what that one may no longer read. `aimed_by`: who that was; None: `created_by`.
    `disabled_reason`: by_person, gone, failing; None while enabled.
    `failing_since`: the first failure after the last success; the worker's to tell, so `version` does not count it.
    Secrets are sealed (see sealing.py). A deleted one waits for its deliveries to be forgotten.
    """

    __tablename__ = "webhook"

    url: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    enabled: Mapped[bool]
    disabled_reason: Mapped[str | None] = mapped_column(Text)
    failing_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    previous_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous_secret_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_by: Mapped[str] = mapped_column(Text)
    aimed_by: Mapped[str | None] = mapped_column(Text)
    deleted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class UserCopy(Tenanted, Base):
    """Our copy of a user, who may have aimed a webhook. `scopes`: what the person holds; None: not told."""

    __tablename__ = "user_copy"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    active: Mapped[bool]
    scopes: Mapped[list[str] | None] = mapped_column(ARRAY(Text))


class ApiKeyCopy(Tenanted, Base):
    """Our copy of an API key; tombstones are kept. `user_id`: the person behind it."""

    __tablename__ = "api_key_copy"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    user_id: Mapped[UUID] = mapped_column(Uuid)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    deleted: Mapped[bool]


class WebhookDelivery(Tenanted, Base):
    """One event for one webhook. Its id is the event's, so that fanning out twice makes one row.

    `scope` is what reading the event takes; None: nothing. `status`: pending (then `due_at` is set), delivered, failed.
    `attempts` counts all; `failures` those since it was last queued, and is its place on the retry ladder;
    `failing_since` is the first of these. `log`, oldest first: [{at, status_code, ms, answer, error}].
    """

    __tablename__ = "webhook_delivery"

    webhook_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    type: Mapped[str] = mapped_column(Text)
    scope: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[UUID] = mapped_column(Uuid)
    aggregate_version: Mapped[int] = mapped_column(Integer)
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    status: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    attempts: Mapped[int] = mapped_column(Integer)
    failures: Mapped[int] = mapped_column(Integer)
    failing_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    delivered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_status_code: Mapped[int | None] = mapped_column(Integer)
    last_error: Mapped[str | None] = mapped_column(Text)
    log: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, deferred=True)


class WebhookLane(Base):
    """One for each webhook: a worker takes the lane, not the delivery, so that no endpoint gets more than its share.

    The worker's queue across organisations, ids only: no tenant table. `due_at`: when a delivery of it is next due;
    None: nothing waits. `held_until`: nobody may take it before: the end of a lease, or of a rest after a failure.
    """

    __tablename__ = "webhook_lane"

    org_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    webhook_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    lease: Mapped[UUID | None] = mapped_column(Uuid)
    held_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class WebhookWake(Base):
    """Word for the worker that a lane has something due. Only ever added, so that no two events wait for each other."""

    __tablename__ = "webhook_wake"

    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    org_id: Mapped[UUID] = mapped_column(Uuid)
    webhook_id: Mapped[UUID] = mapped_column(Uuid)
