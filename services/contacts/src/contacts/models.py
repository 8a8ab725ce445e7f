"""Tables of contacts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, FetchedValue, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db.base import Entity, Tenanted, new_metadata


class Base(DeclarativeBase):
    metadata = new_metadata()


class Contact(Entity, Base):
    """A company or a person. By `sort_name`, and by what `Found.search` holds, it is found: the database keeps both."""

    __tablename__ = "contact"

    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    trade_name: Mapped[str | None] = mapped_column(Text)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    tax_id: Mapped[str | None] = mapped_column(Text)
    tax_id_type: Mapped[str | None] = mapped_column(Text)
    vat_number: Mapped[str | None] = mapped_column(Text)
    emails: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    phones: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    website: Mapped[str | None] = mapped_column(Text)
    billing_address: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    shipping_addresses: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    bank_accounts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    defaults: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    custom_fields: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    deleted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    sort_name: Mapped[str] = mapped_column(Text, FetchedValue(), server_onupdate=FetchedValue())


class Views(DeclarativeBase):
    metadata = new_metadata()


class Found(Views):
    """The view that lists and searches go through; `shared.db.finding` says why."""

    __tablename__ = "contact_found"

    org_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    kind: Mapped[str] = mapped_column(Text)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    deleted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    sort_name: Mapped[str] = mapped_column(Text)
    search: Mapped[str] = mapped_column(Text)


class PersonLink(Entity, Base):
    """A person belonging to a company; copies and job title belong to the link, not to the person."""

    __tablename__ = "person_link"

    company_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(Uuid)
    job_title: Mapped[str | None] = mapped_column(Text)
    is_primary: Mapped[bool] = mapped_column(default=False)
    send_copies: Mapped[bool] = mapped_column(default=False)


class Organization(Tenanted, Base):
    """Our copy of what we need of the tenant: where its phone numbers and tax ids are from."""

    __tablename__ = "organization"

    version: Mapped[int] = mapped_column(Integer)
    country: Mapped[str] = mapped_column(Text)
