"""What services keep of each other's facts, beside what the owners say."""

import asyncio
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any
from uuid import UUID

import asyncpg

from local.wiring import REPLICAS_OF
from shared.db.base import Tenanted
from shared.db.snapshot import key_of, table_of
from shared.process.program import Program
from shared.rebuild.replicas import ReplicaTable
from shared.web.snapshot import Owned
from tests.support.ficha import Ficha

KEEPERS = tuple(REPLICAS_OF)
COPIED = {"documents.document": "side = 'sales'"}
"""Where not all of a family is."""


def disagreements(ficha: Ficha) -> list[str]:
    """Families of which a service has not the versions that their owner has."""
    found = []
    for service in KEEPERS:
        for family, table in tables_of(service).items():
            owner, _, aggregate = family.partition(".")
            theirs = versions(ficha, owner, owned(owner, aggregate), COPIED.get(family, "true"))
            ours = versions(ficha, service, table.model)
            gone = ours.keys() - theirs.keys()
            if gone and "deleted" in table_of(table.model).columns:
                gone -= versions(ficha, service, table.model, "deleted").keys()  # tombstones
            differs = gone or any(ours.get(key) != version for key, version in theirs.items())
            if differs:
                found.append(f"{family} in {service}")
    return found


def versions(ficha: Ficha, service: str, model: type[Tenanted], condition: str = "true") -> dict[UUID, int]:
    key, table = key_of(model), table_of(model).name
    return dict(fetch(ficha, service, f"SELECT {key.key}, version FROM {table} WHERE {condition}"))


def tables_of(service: str) -> Mapping[str, ReplicaTable]:
    program = import_module(f"{service}.__main__").PROGRAM
    assert isinstance(program, Program)
    assert program.replicas
    return program.replicas.tables


def owned(service: str, aggregate: str) -> type[Tenanted]:
    parts: Sequence[Owned] = import_module(f"{service}.main").OWNED
    [model] = [part.model for part in parts if part.aggregate == aggregate]
    return model


def fetch(ficha: Ficha, service: str, *statements: str) -> list[Any]:
    """As the database's superuser. The rows of the last statement."""

    async def run() -> list[Any]:
        connection = await asyncpg.connect(f"postgresql://postgres@/ficha_{service}?host={ficha.home / 'postgres'}")
        try:
            return [list(await connection.fetch(statement)) for statement in statements][-1]
        finally:
            await connection.close()

    return asyncio.run(run())
