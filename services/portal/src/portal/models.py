"""Tables of portal: what staff allow, who may log in, our copies of what a client sees, what clients did."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, FetchedValue, Integer, Numeric, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.clock import utc_now
from shared.db.base import Tenanted, new_metadata

MONEY = Numeric(16, 2)
FINE = Numeric(18, 6)
MOMENT = DateTime(timezone=True)
_GENERATED = FetchedValue()
"""The database derives it from the row's other columns."""


class Base(DeclarativeBase):
    metadata = new_metadata()


class Copy(Tenanted):
    """What another service owns, as of `version`; tombstones are kept."""

    version: Mapped[int] = mapped_column(Integer)


class OfContact(Tenanted):
    """What belongs to one contact. The policy `client` of its table holds a client's transaction to its own rows."""

    contact_id: Mapped[UUID] = mapped_column(Uuid)


class Organization(Copy, Base):
    __tablename__ = "organization"

    name: Mapped[str] = mapped_column(Text)
    slug: Mapped[str] = mapped_column(Text)
    iban: Mapped[str | None] = mapped_column(Text)
    bic: Mapped[str | None] = mapped_column(Text)
    color: Mapped[str | None] = mapped_column(Text)
    logo: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    time_zone: Mapped[str] = mapped_column(Text)


class Contact(Copy, OfContact, Base):
    __tablename__ = "contact"

    contact_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(Text)
    emails: Mapped[list[str]] = mapped_column(ARRAY(Text))
    deleted: Mapped[bool]


class Access(OfContact, Base):
    """What staff allow a contact. There is none until they first say something: version 0 stands for that."""

    __tablename__ = "access"

    contact_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    updated_at: Mapped[datetime] = mapped_column(MOMENT)
    enabled: Mapped[bool]
    payment_methods: Mapped[list[str]] = mapped_column(ARRAY(Text))
    catalogue: Mapped[bool]
    password_hash: Mapped[str | None] = mapped_column(Text)

    @property
    def has_password(self) -> bool:
        return self.password_hash is not None

    def bump(self) -> None:
        """One change more. Call it under the row's lock, before the event is recorded."""
        self.version += 1
        self.updated_at = utc_now()


class Login(OfContact, Base):
    """An e-mail (in lower case) that opens a portal now: kept equal to what contact and access say together."""

    __tablename__ = "login"

    contact_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    email: Mapped[str] = mapped_column(Text, primary_key=True)
    password_hash: Mapped[str] = mapped_column(Text)


class PasswordReset(OfContact, Base):
    """A client wants a new password: one row a login, and gone with it. Nothing opens it until the mail is written."""

    __tablename__ = "password_reset"

    contact_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    email: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid)
    token_hash: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)


class ClientSession(OfContact, Base):
    """`email` is the login it came from, and what it dies with; a preview has none."""

    __tablename__ = "client_session"

    token_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    email: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    actor_name: Mapped[str] = mapped_column(Text)
    read_only: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)


class Preview(OfContact, Base):
    """Who looked at whose portal, and when: a log, never shortened."""

    __tablename__ = "preview_log"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    token_hash: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    actor_name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)
    opened_at: Mapped[datetime | None] = mapped_column(MOMENT)


class Document(Copy, OfContact, Base):
    """A sales document. `status` is documents' own, or the client's answer while documents has not heard it yet."""

    __tablename__ = "document"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    type: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    number: Mapped[str | None] = mapped_column(Text)
    issue_date: Mapped[date] = mapped_column(Date)
    due_date: Mapped[date | None] = mapped_column(Date)
    currency: Mapped[str] = mapped_column(Text)
    subtotal: Mapped[Decimal] = mapped_column(MONEY)
    tax_total: Mapped[Decimal] = mapped_column(MONEY)
    total: Mapped[Decimal] = mapped_column(MONEY)
    paid_total: Mapped[Decimal] = mapped_column(MONEY)
    corrects_id: Mapped[UUID | None] = mapped_column(Uuid)
    deleted: Mapped[bool]
    visible: Mapped[bool] = mapped_column(server_default=_GENERATED, server_onupdate=_GENERATED)
    is_open: Mapped[bool] = mapped_column(server_default=_GENERATED, server_onupdate=_GENERATED)
    pending_total: Mapped[Decimal] = mapped_column(MONEY, server_default=_GENERATED, server_onupdate=_GENERATED)

    __mapper_args__ = {"eager_defaults": True}

    def is_overdue(self, today: date) -> bool:
        """Derived, never stored: by the organisation's day. A credit note is the company's to pay."""
        late = self.due_date is not None and self.due_date < today
        return late and self.is_open and self.type != "credit_note"


class EstimateAnswer(OfContact, Base):
    __tablename__ = "estimate_answer"

    document_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid)
    accepted: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime] = mapped_column(MOMENT)


class DocumentView(OfContact, Base):
    """The first time the client itself opened a document."""

    __tablename__ = "document_view"

    document_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid)
    viewed_at: Mapped[datetime] = mapped_column(MOMENT)


class PaymentAttempt(OfContact, Base):
    """The last time the client asked to pay a document by a method."""

    __tablename__ = "payment_attempt"

    document_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    method: Mapped[str] = mapped_column(Text, primary_key=True)
    reference: Mapped[str] = mapped_column(Text)
    amount: Mapped[Decimal] = mapped_column(MONEY)
    currency: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(MOMENT)


class Product(Copy, Base):
    __tablename__ = "product"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    sort_name: Mapped[str] = mapped_column(Text, server_default=_GENERATED, server_onupdate=_GENERATED)
    sku: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(Text)
    unit_price: Mapped[Decimal] = mapped_column(FINE)
    currency: Mapped[str] = mapped_column(Text)
    taxes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    in_catalogue: Mapped[bool]
    active: Mapped[bool]


class ClientOrder(OfContact, Base):
    """`lines`: [{product_id, name, quantity, unit_price, currency}] as the catalogue showed them; all strings."""

    __tablename__ = "client_order"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    notes: Mapped[str | None] = mapped_column(Text)
    placed_at: Mapped[datetime] = mapped_column(MOMENT)
