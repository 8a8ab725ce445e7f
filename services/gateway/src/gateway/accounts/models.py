"""Tables of accounts. Secrets are kept as hashes only."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Integer, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db.base import Entity, Tenanted, Versioned, new_metadata


class Base(DeclarativeBase):
    metadata = new_metadata()


class Organization(Tenanted, Versioned, Base):
    """The tenant itself: its id is `org_id`."""

    __tablename__ = "organization"

    name: Mapped[str] = mapped_column(Text)
    slug: Mapped[str] = mapped_column(Text)
    tax_id: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    website: Mapped[str | None] = mapped_column(Text)
    address: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    iban: Mapped[str | None] = mapped_column(Text)
    bic: Mapped[str | None] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    time_zone: Mapped[str] = mapped_column(Text)
    color: Mapped[str | None] = mapped_column(Text)
    logo: Mapped[str | None] = mapped_column(Text)

    @property
    def id(self) -> UUID:
        return self.org_id


class Logo(Tenanted, Base):
    """The organisation's picture, a PNG made by us. `digest`: its SHA-256, by which anybody may see it."""

    __tablename__ = "organization_logo"

    digest: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class User(Entity, Base):
    """`email` is kept in lower case and is unique over all organisations: it alone tells whose login this is."""

    __tablename__ = "user_account"

    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    is_admin: Mapped[bool]
    active: Mapped[bool]


class LoginSession(Tenanted, Base):
    """`confirmed_at`: when the person last gave the password; None, from before it was kept: at `created_at`."""

    __tablename__ = "login_session"

    token_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class KnownDevice(Tenanted, Base):
    """A user and a browser that was logged in. `token_hash`: of the browser's cookie, which may serve several."""

    __tablename__ = "known_device"

    user_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    token_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ApiKey(Entity, Base):
    """`prefix` is shown, so that people can tell their keys apart; `created_by` is the actor. `user_id`: the person
    behind it, who made it or made the key that made it; `parent_id`: that key.
    """

    __tablename__ = "api_key"

    name: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str] = mapped_column(Text)
    key_hash: Mapped[str] = mapped_column(Text)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_by: Mapped[str] = mapped_column(Text)
    user_id: Mapped[UUID] = mapped_column(Uuid)
    parent_id: Mapped[UUID | None] = mapped_column(Uuid)
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class AuditEntry(Tenanted, Base):
    """What somebody did to accounts, or tried to. Only ever added to: the database refuses all else.

    `actor` is `user:<id>`, `key:<id>`, `visitor` or `system`; its name, and the subject's, are those of that moment.
    `reason`: a code, where the action has one. `changes`: [{field, before, after}]. `times`: it stands for so many.
    """

    __tablename__ = "audit_entry"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    actor: Mapped[str] = mapped_column(Text)
    actor_name: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    subject_kind: Mapped[str | None] = mapped_column(Text)
    subject_id: Mapped[UUID | None] = mapped_column(Uuid)
    subject_name: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    agent: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    times: Mapped[int] = mapped_column(Integer)


class AuditTally(Tenanted, Base):
    """Refusals of one kind to one asker, counted until `closes_at`: what is more than a few becomes one entry then.

    `queue` is the same in all rows: by it the worker finds those of every organisation.
    """

    __tablename__ = "audit_tally"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    queue: Mapped[str] = mapped_column(Text)
    closes_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    last_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    actor: Mapped[str] = mapped_column(Text)
    actor_name: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    subject_kind: Mapped[str | None] = mapped_column(Text)
    subject_id: Mapped[UUID | None] = mapped_column(Uuid)
    subject_name: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    agent: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    times: Mapped[int] = mapped_column(Integer)
