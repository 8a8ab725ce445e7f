"""Staging of the log: the newest event of each aggregate, in a temporary table that goes with its connection."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any, Self
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    ScalarSelect,
    Select,
    Table,
    Text,
    Uuid,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateTable

from shared.db.session import Database
from shared.db.snapshot import fingerprint
from shared.rebuild.errors import CannotRebuild


@dataclass(frozen=True, slots=True)
class StagedEvent:
    """An event of the log. `gone`: it says that its aggregate was deleted."""

    org_id: UUID
    family: str
    subject: UUID
    version: int
    gone: bool
    body: bytes


@dataclass(frozen=True, slots=True)
class Range:
    """The newest of some aggregates, by subject. `until` is the last of them, or None: there are no more.

    `fingerprints`: of all of them, and of those that are not gone. An owner that hides what is deleted still has it,
    one that removes it does not.
    """

    bodies: Sequence[bytes]
    until: UUID | None
    fingerprints: frozenset[str]


class Staging:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @classmethod
    @asynccontextmanager
    async def opened(cls, database: Database) -> AsyncIterator[Self]:
        async with database.engine.connect() as raw:
            connection = await raw.execution_options(isolation_level="AUTOCOMMIT")
            try:
                await connection.execute(CreateTable(_fact))
            except ProgrammingError as error:
                raise CannotRebuild(f"The role needs the privilege TEMPORARY on its database: {error.orig}") from error
            try:
                yield cls(connection)
            finally:
                # The connection goes back to its pool, and with it would the table.
                await raw.invalidate()

    async def add(self, told: Iterable[StagedEvent]) -> None:
        newest: dict[tuple[UUID, str, UUID], StagedEvent] = {}
        for one in told:
            key = (one.org_id, one.family, one.subject)
            if key not in newest or newest[key].version < one.version:
                newest[key] = one
        if newest:
            await self._connection.execute(_ADD, [asdict(one) for one in newest.values()])

    async def read(self, org_id: UUID, family: str, *, after: UUID | None, limit: int) -> Range:
        mine = select(_fact).where(_fact.c.org_id == org_id, _fact.c.family == family)
        if after:
            mine = mine.where(_fact.c.subject > after)
        rows = (await self._connection.execute(mine.order_by(_fact.c.subject).limit(limit))).all()
        until = rows[-1].subject if len(rows) == limit else None
        if until:
            mine = mine.where(_fact.c.subject <= until)
        sides = (mine, mine.where(_fact.c.gone.is_(False)))
        found = await self._connection.execute(select(*(_fingerprint(side) for side in sides)))
        return Range([row.body for row in rows], until, frozenset(found.one()))


def _fingerprint(facts: Select[Any]) -> ScalarSelect[str]:
    rows = facts.with_only_columns(_fact.c.subject.label("id"), _fact.c.version).subquery()
    return select(fingerprint(rows)).scalar_subquery()


_fact = Table(
    "rebuild_fact",
    MetaData(),
    Column("org_id", Uuid, primary_key=True),
    Column("family", Text, primary_key=True),
    Column("subject", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
    prefixes=["TEMPORARY"],
)
_insert = insert(_fact)
_ADD = _insert.on_conflict_do_update(
    index_elements=["org_id", "family", "subject"],
    set_={name: _insert.excluded[name] for name in ("version", "gone", "body")},
    where=_insert.excluded.version > _fact.c.version,
)
