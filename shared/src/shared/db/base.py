"""What every table has in common. A service declares its own Base over `new_metadata()`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Integer, MetaData, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from shared.clock import utc_now
from shared.identifiers import new_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def new_metadata() -> MetaData:
    """One per service: two services may each have a table called `contact`, even in one process."""
    return MetaData(naming_convention=NAMING)


class Tenanted:
    """Every key leads with the organisation, so that tables can be sharded by it unchanged."""

    org_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)


class Versioned:
    """A row with a history of versions: what its ETag says, and its events."""

    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=utc_now)

    def bump(self) -> None:
        """Make it one version more. Call it under the row's lock, before the event is recorded."""
        self.version += 1
        self.updated_at = utc_now()

    def change(self, values: Mapping[str, Any]) -> set[str]:
        """Take over what differs of `values`, by attribute, as one version more where anything does.

        Returns the attributes that changed. Call it under the row's lock, before the event is recorded.
        """
        changed = {field for field, value in values.items() if getattr(self, field) != value}
        for field in changed:
            setattr(self, field, values[field])
        if changed:
            self.bump()
        return changed


class Entity(Tenanted, Versioned):
    """A versioned row with an identity."""

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
