"""Tables of documents. Lines live inside their document: they are written, frozen and read together."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, FetchedValue, Integer, LargeBinary, Numeric, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db.base import Entity, Tenanted, new_metadata

MONEY = Numeric()
"""With the decimals of its currency: none to three."""
FINE = Numeric(18, 6)
"""Unit prices and quantities."""


class Base(DeclarativeBase):
    metadata = new_metadata()


class Product(Entity, Base):
    """By `sort_name`, and by what `FoundProduct.search` holds, it is found: the database keeps both."""

    __tablename__ = "product"

    name: Mapped[str] = mapped_column(Text)
    sku: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(Text)
    unit_price: Mapped[Decimal] = mapped_column(FINE)
    cost: Mapped[Decimal | None] = mapped_column(FINE)
    currency: Mapped[str] = mapped_column(Text)
    taxes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    in_catalogue: Mapped[bool]
    active: Mapped[bool]
    sort_name: Mapped[str] = mapped_column(Text, FetchedValue(), server_onupdate=FetchedValue())


class Views(DeclarativeBase):
    metadata = new_metadata()


class FoundProduct(Views):
    """The view that lists and searches go through; `shared.db.finding` says why."""

    __tablename__ = "product_found"

    org_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    in_catalogue: Mapped[bool]
    active: Mapped[bool]
    sort_name: Mapped[str] = mapped_column(Text)
    search: Mapped[str] = mapped_column(Text)


class Series(Entity, Base):
    __tablename__ = "series"

    name: Mapped[str] = mapped_column(Text)
    format: Mapped[str] = mapped_column(Text)
    document_type: Mapped[str] = mapped_column(Text)
    is_default: Mapped[bool]


class SeriesCounter(Tenanted, Base):
    """The last number given. `year` is 0 where the format has no year: such a series never starts anew."""

    __tablename__ = "series_counter"

    series_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    last_number: Mapped[int] = mapped_column(Integer)


class Document(Entity, Base):
    """From approval on only status, paid_total, pending_total, answer_reason, version and updated_at change.

    A trigger holds to that. `lines`: [{product_id, description, quantity, unit_price, discount_pct, taxes, subtotal}];
    `taxes`: [{code, rate, base, amount}]; figures are strings in both. `tax_date` is the day whose tax rates apply:
    the issue date, or that of the invoice which a credit note corrects.
    """

    __tablename__ = "document"

    type: Mapped[str] = mapped_column(Text)
    side: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    series_id: Mapped[UUID | None] = mapped_column(Uuid)
    number: Mapped[str | None] = mapped_column(Text)
    contact_id: Mapped[UUID] = mapped_column(Uuid)
    contact_name: Mapped[str] = mapped_column(Text)
    issue_date: Mapped[date] = mapped_column(Date)
    tax_date: Mapped[date] = mapped_column(Date)
    due_date: Mapped[date | None] = mapped_column(Date)
    currency: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    payment_method: Mapped[str | None] = mapped_column(Text)
    supplier_number: Mapped[str | None] = mapped_column(Text)
    corrects_id: Mapped[UUID | None] = mapped_column(Uuid)
    source_id: Mapped[UUID | None] = mapped_column(Uuid)
    notes: Mapped[str | None] = mapped_column(Text)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    taxes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    subtotal: Mapped[Decimal] = mapped_column(MONEY)
    tax_total: Mapped[Decimal] = mapped_column(MONEY)
    total: Mapped[Decimal] = mapped_column(MONEY)
    paid_total: Mapped[Decimal] = mapped_column(MONEY)
    pending_total: Mapped[Decimal] = mapped_column(MONEY)
    answer_reason: Mapped[str | None] = mapped_column(Text)
    organization_snapshot: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    contact_snapshot: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    approved_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    def is_overdue(self, today: date) -> bool:
        """Derived, never stored: by the organisation's day."""
        return self.pending_total > 0 and self.due_date is not None and self.due_date < today

    @property
    def issuer(self) -> dict[str, Any] | None:
        """Who made it out, as of approval."""
        return self.organization_snapshot if self.side == "sales" else self.contact_snapshot

    @property
    def recipient(self) -> dict[str, Any] | None:
        return self.contact_snapshot if self.side == "sales" else self.organization_snapshot


class FoundDocument(Views):
    """The view that lists and searches go through; `shared.db.finding` says why."""

    __tablename__ = "document_found"

    org_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(Uuid)
    type: Mapped[str] = mapped_column(Text)
    side: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    issue_date: Mapped[date] = mapped_column(Date)
    due_date: Mapped[date | None] = mapped_column(Date)
    pending_total: Mapped[Decimal] = mapped_column(MONEY)
    search: Mapped[str] = mapped_column(Text)


class Payment(Entity, Base):
    """Money in or out; or, with `credit_note_id`, what a credit note set off (one row on each of the two)."""

    __tablename__ = "payment"

    document_id: Mapped[UUID] = mapped_column(Uuid)
    date: Mapped[date] = mapped_column(Date)
    amount: Mapped[Decimal] = mapped_column(MONEY)
    method: Mapped[str] = mapped_column(Text)
    credit_note_id: Mapped[UUID | None] = mapped_column(Uuid)


class ContactCopy(Tenanted, Base):
    """Our copy of a contact: `state` is contacts' public state."""

    __tablename__ = "contact_copy"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    deleted: Mapped[bool]
    state: Mapped[dict[str, Any]] = mapped_column(JSONB)


class PersonLinkCopy(Tenanted, Base):
    """Our copy of who belongs to which company and gets copies; unlinked ones stay as tombstones."""

    __tablename__ = "person_link_copy"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    deleted: Mapped[bool]
    company_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(Uuid)
    job_title: Mapped[str | None] = mapped_column(Text)
    is_primary: Mapped[bool]
    send_copies: Mapped[bool]


class Organization(Tenanted, Base):
    """Our copy of the tenant, as it signs its documents."""

    __tablename__ = "organization"

    version: Mapped[int] = mapped_column(Integer)
    currency: Mapped[str] = mapped_column(Text)
    state: Mapped[dict[str, Any]] = mapped_column(JSONB)


class LogoCopy(Tenanted, Base):
    """Our copy of a logo the organisation has or had, a PNG by its SHA-256: documents that bear it keep it."""

    __tablename__ = "logo_copy"

    digest: Mapped[str] = mapped_column(Text, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class MonthTotal(Tenanted, Base):
    """Approved documents of one contact, month, type and currency. Amounts as on the documents, without sign."""

    __tablename__ = "month_total"

    contact_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    currency: Mapped[str] = mapped_column(Text, primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    month: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    type: Mapped[str] = mapped_column(Text, primary_key=True)
    net: Mapped[Decimal] = mapped_column(MONEY)
    gross: Mapped[Decimal] = mapped_column(MONEY)
    count: Mapped[int] = mapped_column(Integer)


class ItemTotal(Tenanted, Base):
    """What one contact bought or sold of one item, by month and by day (`grain`), credit notes subtracted.

    Both grains, so that any range of dates is whole months plus the days at its edges.
    """

    __tablename__ = "item_total"

    contact_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    side: Mapped[str] = mapped_column(Text, primary_key=True)
    currency: Mapped[str] = mapped_column(Text, primary_key=True)
    grain: Mapped[str] = mapped_column(Text, primary_key=True)
    starts_on: Mapped[date] = mapped_column(Date, primary_key=True)
    item_key: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    product_id: Mapped[UUID | None] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(Text)
    quantity: Mapped[Decimal] = mapped_column(Numeric(24, 6))
    amount: Mapped[Decimal] = mapped_column(MONEY)


class SoldLine(Tenanted, Base):
    """The price of an item on one approved invoice or receipt; its index answers what the last one was."""

    __tablename__ = "sold_line"

    document_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(Uuid)
    side: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    item_key: Mapped[UUID] = mapped_column(Uuid)
    sold_on: Mapped[date] = mapped_column(Date)
    unit_price: Mapped[Decimal] = mapped_column(FINE)


class OpenAmount(Tenanted, Base):
    """What is pending of one contact, by month and by day due (`grain`).

    Both grains, so that what is overdue today is whole months plus a few days, however many documents are open.
    """

    __tablename__ = "open_amount"

    contact_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    currency: Mapped[str] = mapped_column(Text, primary_key=True)
    grain: Mapped[str] = mapped_column(Text, primary_key=True)
    starts_on: Mapped[date] = mapped_column(Date, primary_key=True)
    side: Mapped[str] = mapped_column(Text, primary_key=True)
    amount: Mapped[Decimal] = mapped_column(MONEY)


class DocumentCount(Tenanted, Base):
    """How many approved documents of all types one contact has on one side."""

    __tablename__ = "document_count"

    contact_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    side: Mapped[str] = mapped_column(Text, primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
