"""Tables of portal: what staff allow, who may log in, our copies of what a client sees, what clients did."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, FetchedValue, Integer, Numeric, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db.base import Tenanted, Versioned, new_metadata

MONEY = Numeric()
"""With the decimals of its currency: none to three."""
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


class Access(OfContact, Versioned, Base):
    """What staff allow a contact. There is none until they first say something: version 0 stands for that.

    `emails` (in lower case) are those that staff let in; None until the portal is first opened. `other_hashes`: the
    same password under the salts of further e-mails (see logins/service.py).
    """

    __tablename__ = "access"

    contact_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    enabled: Mapped[bool]
    payment_methods: Mapped[list[str]] = mapped_column(ARRAY(Text))
    catalogue: Mapped[bool]
    emails: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    password_hash: Mapped[str | None] = mapped_column(Text)
    other_hashes: Mapped[list[str]] = mapped_column(ARRAY(Text))

    @property
    def has_password(self) -> bool:
        return self.password_hash is not None

    @property
    def password_hashes(self) -> list[str]:
        return [self.password_hash, *self.other_hashes] if self.password_hash else []

    @password_hashes.setter
    def password_hashes(self, hashes: list[str]) -> None:
        self.password_hash, self.other_hashes = (hashes[0], hashes[1:]) if hashes else (None, [])

    @property
    def is_open(self) -> bool:
        return self.enabled and self.has_password


class Login(OfContact, Base):
    """An e-mail (in lower case) that opens a portal now: kept equal to what contact and access say together.

    With an empty hash it opens nothing until a new password is set: by its mail, or by staff.
    """

    __tablename__ = "login"

    contact_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    email: Mapped[str] = mapped_column(Text, primary_key=True)
    password_hash: Mapped[str] = mapped_column(Text)


class LoginSalt(Tenanted, Base):
    """The salt of every password of one e-mail, whoever's portals it opens. `key` does not tell the e-mail."""

    __tablename__ = "login_salt"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    salt: Mapped[str] = mapped_column(Text)


class PasswordReset(Tenanted, Base):
    """Somebody wants new passwords for an e-mail. Nothing opens it until the mail is written."""

    __tablename__ = "reset_wish"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    email: Mapped[str] = mapped_column(Text)
    token_hash: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)


class ResetLogin(OfContact, Base):
    """One of the logins that a wish is about: gone with the login, and with the wish."""

    __tablename__ = "reset_login"

    reset_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    email: Mapped[str] = mapped_column(Text)


class ClientSession(OfContact, Base):
    """`email` is the login it came from, and what it dies with; a preview has none.

    `choices_hash`: where the same e-mail and password opened several portals, these are its `ClientChoice`s.
    """

    __tablename__ = "client_session"

    token_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    email: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    actor_name: Mapped[str] = mapped_column(Text)
    read_only: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)
    choices_hash: Mapped[str | None] = mapped_column(Text)


class KnownDevice(OfContact, Base):
    """A browser that a login entered from, gone with it. `token_hash`: of its cookie, which may serve others too."""

    __tablename__ = "known_device"

    contact_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    email: Mapped[str] = mapped_column(Text, primary_key=True)
    token_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    seen_at: Mapped[datetime] = mapped_column(MOMENT)


class ClientChoice(OfContact, Base):
    """One of several portals that one e-mail and password opened, to be chosen until `expires_at`."""

    __tablename__ = "client_choice"

    choices_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    email: Mapped[str] = mapped_column(Text)
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
