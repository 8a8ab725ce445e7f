"""Since when a consumer listens, and up to when it has compared the log with its inbox."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.clock import utc_now
from shared.db.infrastructure import log_position


@dataclass(frozen=True, slots=True)
class LogPosition:
    began_at: datetime
    checked_until: datetime


async def begin(engine: AsyncEngine, consumer: str) -> LogPosition:
    """Where to go on. A new consumer begins now: effects of older events are not its own."""
    now = utc_now()
    first = insert(log_position).values(consumer=consumer, began_at=now, checked_until=now)
    found = first.on_conflict_do_update(
        index_elements=["consumer"], set_={"began_at": log_position.c.began_at}
    ).returning(log_position.c.began_at, log_position.c.checked_until)
    async with engine.begin() as connection:
        row = (await connection.execute(found)).one()
    return LogPosition(row.began_at, row.checked_until)


async def advance(engine: AsyncEngine, consumer: str, until: datetime) -> None:
    """Never backwards: the log is read again from a little before."""
    mine = (log_position.c.consumer == consumer) & (log_position.c.checked_until < until)
    async with engine.begin() as connection:
        await connection.execute(log_position.update().where(mine).values(checked_until=until))
