"""Rows that are there already: a copy gives way to a newer version, a sum grows."""

from functools import cache
from typing import Any

from sqlalchemy import Table, inspect
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert

from shared.db.base import Tenanted
from shared.db.tenancy import org_of


async def keep_newer(session: AsyncSession, copy: type[Tenanted], *, version: int, **values: Any) -> bool:
    """Keep another service's fact as of `version` in the table of copies; True unless that or a newer one was there.

    `values`: the key beside org_id, where the table has one, and every column that changes.
    """
    row = {"org_id": org_of(session), "version": version, **values}
    return (await session.execute(_newer(_table(copy), tuple(row)), row)).first() is not None


async def add_up(session: AsyncSession, sums: type[Tenanted], *rows: dict[str, Any]) -> None:
    """Add each row's amounts to those kept under its key, from nothing where there are none.

    A row: the key beside org_id, and every other column of the table, by how much it grows.
    """
    org_id = org_of(session)
    for row in rows:
        await session.execute(_sum(_table(sums)), {"org_id": org_id, **row})


# Built once: composing a statement costs more than running it.


@cache
def _newer(table: Table, names: tuple[str, ...]) -> ReturningInsert[tuple[int]]:
    new = insert(table)
    changed = {name: new.excluded[name] for name in names if name not in table.primary_key.columns}
    newer = new.excluded.version > table.c.version
    return new.on_conflict_do_update(index_elements=table.primary_key.columns, set_=changed, where=newer).returning(
        table.c.version
    )


@cache
def _sum(table: Table) -> Insert:
    new = insert(table)
    grown = {column.name: column + new.excluded[column.name] for column in table.columns if not column.primary_key}
    return new.on_conflict_do_update(index_elements=table.primary_key.columns, set_=grown)


def _table(model: type[Tenanted]) -> Table:
    table = inspect(model).local_table
    assert isinstance(table, Table)
    return table
