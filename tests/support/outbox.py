"""What a use case recorded: the outbox rows of one organisation, as events."""

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from shared.db.infrastructure import outbox
from shared.db.session import Database
from shared.events.base import REGISTRY, Event


async def recorded(database: Database, org_id: UUID) -> list[Event[Any]]:
    """In the order they were written."""
    statement = select(outbox.c.name, outbox.c.body).where(outbox.c.org_id == org_id).order_by(outbox.c.position)
    async with database.engine.connect() as connection:
        rows = (await connection.execute(statement)).all()
    return [REGISTRY[row.name].from_envelope(orjson.loads(row.body)) for row in rows]
