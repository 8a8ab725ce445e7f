"""SQL that every noun of this service shares: keeping copies, and what belongs to one client."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from portal.client import ClientScope
from portal.models import Copy, OfContact
from shared.db.tenancy import org_of


async def apply_copy(
    session: AsyncSession, table: type[Copy], values: Mapping[str, Any], *, version: int, key: str | None
) -> bool:
    """Keep the newer version of another service's fact; True when this was it.

    `key`: the column that names a row beside org_id; None where the organisation has one row.
    """
    keys = ["org_id", key] if key else ["org_id"]
    row = {"org_id": org_of(session), "version": version, **values}
    statement = insert(table).values(row)
    newer = {name: statement.excluded[name] for name in row if name not in keys}
    applied = await session.execute(
        statement.on_conflict_do_update(
            index_elements=keys, set_=newer, where=statement.excluded.version > table.version
        ).returning(table.version)
    )
    return applied.first() is not None


def belongs_to(client: ClientScope, table: type[OfContact]) -> ColumnElement[bool]:
    """The first condition of every statement on the client's side."""
    return and_(table.org_id == client.org_id, table.contact_id == client.contact_id)
