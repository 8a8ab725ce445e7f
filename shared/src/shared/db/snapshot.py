"""What an owner holds, for those who keep copies of it: rows in the order of their ids, and what tells whether two
sides hold the same without sending it.
"""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Subquery, Table, Text, cast, func, inspect, literal, select, text
from sqlalchemy.dialects.postgresql import BIT
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, defer

from shared.db.base import Tenanted
from shared.db.tenancy import org_of

RowT = TypeVar("RowT", bound=Tenanted)


async def only_read(session: AsyncSession) -> None:
    """From here on the transaction writes nothing, whatever it is told."""
    await session.execute(_ONLY_READ)


async def list_rows(
    session: AsyncSession,
    model: type[RowT],
    *,
    after: UUID | None,
    limit: int,
    without: Sequence[InstrumentedAttribute[Any]] = (),
) -> list[RowT]:
    """By id, without the columns named."""
    key = key_of(model)
    statement = select(model).where(model.org_id == org_of(session)).order_by(key).limit(limit)
    if after:
        statement = statement.where(key > after)
    return list((await session.execute(statement.options(*(defer(column) for column in without)))).scalars())


async def fingerprint_of(
    session: AsyncSession, model: type[Tenanted], *, after: UUID | None, until: UUID | None, limit: int
) -> str:
    """Of the first `limit` rows in that range of ids (`until` is its last): costs what was asked, not what is there."""
    key = key_of(model)
    statement = select(key.label("id"), table_of(model).c.version).where(model.org_id == org_of(session))
    if after:
        statement = statement.where(key > after)
    if until:
        statement = statement.where(key <= until)
    rows = statement.order_by(key).limit(limit).subquery()
    return str(await session.scalar(select(fingerprint(rows))))


def fingerprint(rows: Subquery) -> ColumnElement[str]:
    """How many they are, and a sum over their ids and versions that two different sets will not have in common."""
    digits = func.left(func.md5(cast(rows.c.id, Text) + " " + cast(rows.c.version, Text)), 15)
    summand = cast(cast(literal("x") + digits, BIT(60)), BigInteger)
    return cast(func.count(), Text) + ":" + cast(func.coalesce(func.sum(summand), 0), Text)


def table_of(model: type[Tenanted]) -> Table:
    """Returns the table that the model is mapped to."""
    table = inspect(model).local_table
    assert isinstance(table, Table)
    return table


def key_of(model: type[Tenanted]) -> ColumnElement[UUID]:
    """What names a row within its organisation; of a table with one row for each, the organisation itself."""
    org_id, *others = sorted(table_of(model).primary_key.columns, key=lambda column: column.name != "org_id")
    return others[0] if others else org_id


_ONLY_READ = text("SELECT set_config('transaction_read_only', 'on', true)")
