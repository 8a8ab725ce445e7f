"""Tables of crm."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Date, DateTime, ForeignKeyConstraint, Integer, Numeric, SmallInteger, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from shared.db.base import Entity, Tenanted, new_metadata

MONEY = Numeric()
"""With the decimals of its currency: none to three."""


class Base(DeclarativeBase):
    metadata = new_metadata()


class Share(NamedTuple):
    """What one opportunity adds to its contact's open total."""

    currency: str
    value: Decimal


class _Kept(Entity):
    """Edited in place; deleting hides it, so that it can be restored."""

    deleted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), default=None)

    @property
    def deleted(self) -> bool:
        return self.deleted_at is not None

    def change(self, values: Mapping[str, Any]) -> set[str]:
        """As of every entity, with the names that events have: `deleted` for `deleted_at`."""
        return {"deleted" if field == "deleted_at" else field for field in super().change(values)}


class ContactCopy(Tenanted, Base):
    """Our copy of a contact; deleted ones stay as tombstones."""

    __tablename__ = "contact_copy"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    deleted: Mapped[bool]


class UserCopy(Tenanted, Base):
    """Our copy of a user: whom an activity can be given to."""

    __tablename__ = "user_copy"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)


class Organization(Tenanted, Base):
    """Our copy of what we need of the tenant."""

    __tablename__ = "organization"

    version: Mapped[int] = mapped_column(Integer)
    currency: Mapped[str] = mapped_column(Text)


class Pipeline(Entity, Base):
    """One per organisation is the default; it is made when first needed."""

    __tablename__ = "pipeline"

    name: Mapped[str] = mapped_column(Text)
    is_default: Mapped[bool] = mapped_column(default=False)
    stages: Mapped[list["Stage"]] = relationship(
        order_by="Stage.position", cascade="all, delete-orphan", lazy="raise", back_populates="pipeline"
    )


class Stage(Tenanted, Base):
    """A step of a pipeline. `probability` in percent."""

    __tablename__ = "stage"
    __table_args__ = (ForeignKeyConstraint(["org_id", "pipeline_id"], ["pipeline.org_id", "pipeline.id"]),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    pipeline_id: Mapped[UUID] = mapped_column(Uuid)
    position: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(Text)
    probability: Mapped[int] = mapped_column(SmallInteger)
    pipeline: Mapped[Pipeline] = relationship(lazy="raise", back_populates="stages")


class Opportunity(_Kept, Base):
    """What a contact may buy. `probability` in percent; it follows the stage unless it was given."""

    __tablename__ = "opportunity"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "contact_id"], ["contact_copy.org_id", "contact_copy.id"]),
        ForeignKeyConstraint(["org_id", "stage_id"], ["stage.org_id", "stage.id"]),
    )

    contact_id: Mapped[UUID] = mapped_column(Uuid)
    title: Mapped[str] = mapped_column(Text)
    pipeline_id: Mapped[UUID] = mapped_column(Uuid)
    stage_id: Mapped[UUID] = mapped_column(Uuid)
    value: Mapped[Decimal] = mapped_column(MONEY)
    currency: Mapped[str] = mapped_column(Text)
    probability: Mapped[int] = mapped_column(SmallInteger)
    expected_close: Mapped[date | None] = mapped_column(Date)
    status: Mapped[str] = mapped_column(Text, default="open")
    lost_reason: Mapped[str | None] = mapped_column(Text, default=None)
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), default=None)
    contact: Mapped[ContactCopy] = relationship(lazy="raise", viewonly=True)
    stage: Mapped[Stage] = relationship(lazy="raise", viewonly=True)

    @property
    def contact_name(self) -> str:
        return self.contact.name

    @property
    def stage_name(self) -> str:
        return self.stage.name

    @property
    def open_share(self) -> Share | None:
        """None while it is closed or deleted."""
        return Share(self.currency, self.value) if self.status == "open" and not self.deleted else None


class Activity(_Kept, Base):
    """Something to do with a contact. `owner` is an actor, `owner_name` what people called it when it was given."""

    __tablename__ = "activity"
    __table_args__ = (ForeignKeyConstraint(["org_id", "contact_id"], ["contact_copy.org_id", "contact_copy.id"]),)

    contact_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    reminder_minutes: Mapped[int | None] = mapped_column(Integer)
    notes: Mapped[str | None] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(Text)
    owner_name: Mapped[str] = mapped_column(Text)
    completed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), default=None)
    contact: Mapped[ContactCopy] = relationship(lazy="raise", viewonly=True)

    @property
    def contact_name(self) -> str:
        return self.contact.name

    @property
    def open(self) -> bool:
        return self.completed_at is None and not self.deleted


class Note(_Kept, Base):
    """What somebody wrote about a contact, in Markdown. `author` is an actor."""

    __tablename__ = "note"
    __table_args__ = (ForeignKeyConstraint(["org_id", "contact_id"], ["contact_copy.org_id", "contact_copy.id"]),)

    contact_id: Mapped[UUID] = mapped_column(Uuid)
    body: Mapped[str] = mapped_column(Text)
    pinned: Mapped[bool]
    author: Mapped[str] = mapped_column(Text)
    author_name: Mapped[str] = mapped_column(Text)
    contact: Mapped[ContactCopy] = relationship(lazy="raise", viewonly=True)

    @property
    def contact_name(self) -> str:
        return self.contact.name


class OpenOpportunities(Tenanted, Base):
    """How many opportunities of a contact are open in one currency, and what they are worth."""

    __tablename__ = "open_opportunities"

    contact_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    currency: Mapped[str] = mapped_column(Text, primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    value: Mapped[Decimal] = mapped_column(MONEY)


class OpenActivities(Tenanted, Base):
    """How many activities of a contact are open."""

    __tablename__ = "open_activities"

    contact_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class NoteCount(Tenanted, Base):
    """How many notes a contact has."""

    __tablename__ = "note_count"

    contact_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
