"""Tables of files."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Integer, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db.base import Entity, Tenanted, new_metadata


class Base(DeclarativeBase):
    metadata = new_metadata()


class File(Entity, Base):
    """What is known of bytes that lie in S3 under `object_key`; they never change under one id.

    `uploaded_by` is an actor (`user:<id>`, …).
    """

    __tablename__ = "file"

    contact_id: Mapped[UUID] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    uploaded_by: Mapped[str] = mapped_column(Text)
    uploaded_by_name: Mapped[str] = mapped_column(Text)
    object_key: Mapped[str] = mapped_column(Text)
    deleted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class FileCount(Tenanted, Base):
    """How many files a contact has: the panel tells it without counting them."""

    __tablename__ = "file_count"

    contact_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    files: Mapped[int] = mapped_column(Integer)


class Removal(Tenanted, Base):
    """Bytes to remove when their time comes, unless the row goes first.

    An upload writes its row before its bytes and deletes it together with making the file; a deleted file
    gets one for the end of its retention. `id` is the file's. `queue` opens the rows to the sweeper, across
    organisations.
    """

    __tablename__ = "removal"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    object_key: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    queue: Mapped[str] = mapped_column(Text)


class Contact(Tenanted, Base):
    """Our copy of a contact: that it is there, and whether it is hidden."""

    __tablename__ = "contact"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    deleted: Mapped[bool]
