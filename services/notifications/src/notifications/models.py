"""Tables of notifications."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db.base import Entity, Tenanted, new_metadata


class Base(DeclarativeBase):
    metadata = new_metadata()


class Message(Entity, Base):
    """One mail, worded when it was asked for. Its id is the id of the wish that caused it.

    `recipients`: [{kind: to|cc|bcc, email, name, status: pending|accepted|refused|unknown, detail}].
    `attempts` counts all; `failures` those since it was last queued, and is its place on the retry ladder.
    `phase` and `lease` tell who is sending it and how far that went (see delivery.py).
    """

    __tablename__ = "message"

    status: Mapped[str] = mapped_column(Text)
    contact_id: Mapped[UUID] = mapped_column(Uuid)
    document_id: Mapped[UUID] = mapped_column(Uuid)
    document_type: Mapped[str] = mapped_column(Text)
    document_number: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    sender_name: Mapped[str] = mapped_column(Text)
    reply_to: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    attachment_name: Mapped[str] = mapped_column(Text)
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
