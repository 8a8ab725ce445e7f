"""Replicas of others' facts: which tables they are, whose facts, and that whoever keeps them does nothing else."""

import importlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from local.wiring import REPLICAS_OF, SERVICES
from shared.bus.consumer import AnySubscription
from shared.db.tenancy import Scope
from shared.events.base import EVERYTHING
from shared.events.examples import examples_of
from shared.identifiers import new_id
from shared.process.program import Program
from shared.rebuild.replicas import Replicas, family_of
from shared.web.snapshot import Owned
from tests.support.postgres import Databases

ROOT = Path(__file__).parents[2]


def copies_of(service: str) -> Replicas | None:
    program = importlib.import_module(f"{service}.__main__").PROGRAM
    assert isinstance(program, Program)
    return program.replicas


def owned_by(service: str) -> Sequence[Owned]:
    return tuple(getattr(importlib.import_module(f"{service}.main"), "OWNED", ()))


def subscriptions_of(service: str) -> Sequence[AnySubscription]:
    return tuple(importlib.import_module(f"{service}.handlers").SUBSCRIPTIONS)


REPLICAS = {service: copies for service in SERVICES if (copies := copies_of(service))}


def test_who_keeps_copies_is_told_of_them_by_their_owners_and_of_organisations_by_the_gateway() -> None:
    owners = {
        service: tuple(sorted({family.split(".")[0] for family in copies.families} | {"gateway"}))
        for service, copies in REPLICAS.items()
    }
    assert owners == REPLICAS_OF


def test_every_family_that_is_copied_is_told_by_its_owner_and_no_other_is() -> None:
    told = {f"{service}.{owned.aggregate}" for service in SERVICES for owned in owned_by(service)}
    assert told == {family for copies in REPLICAS.values() for family in copies.families}


@pytest.mark.parametrize("service", REPLICAS)
def test_a_family_is_kept_by_all_that_listen_to_it_or_by_none(service: str) -> None:
    """A copy that only some of its events change would not be what it was."""
    heard = [row for row in subscriptions_of(service) if row.event.name != EVERYTHING]
    kept, others = (
        {family_of(row.event.name) for row in heard if row.keeps_replica is keeps} for keeps in (True, False)
    )
    assert kept == set(REPLICAS[service].families)
    assert kept.isdisjoint(others)


@pytest.mark.parametrize("service", REPLICAS)
async def test_keeping_a_copy_changes_its_table_and_nothing_else(databases: Databases, service: str) -> None:
    """Another table would be left as it is by a rebuild, or have an effect had twice; an outbox row too."""
    changed: dict[str, set[str]] = {family: set() for family in REPLICAS[service].families}
    async with databases.connect(service) as database:
        for keeper in (row for row in subscriptions_of(service) if row.keeps_replica):
            for example in examples_of(keeper.event):
                org_id = new_id()
                event = keeper.event.from_envelope({**example, "orgid": str(org_id)})
                async with database.transaction(Scope(org_id)) as session:
                    await keeper.handler(session, event)
                    await session.flush()
                    changed[family_of(event.name)] |= set((await session.execute(_CHANGED)).scalars())
    assert changed == {family: {table.name} for family, table in REPLICAS[service].tables.items()}


async def test_only_the_list_of_organisations_looks_past_row_level_security(databases: Databases) -> None:
    """And it is read only. Everything else is held to its tenant, or to one value that was looked up."""
    listing: dict[str, list[tuple[str, str]]] = {}
    for service in SERVICES:
        async with databases.connect(service) as database, database.engine.connect() as connection:
            rows = (await connection.execute(_OTHER_POLICIES)).all()
        if rows:
            listing[service] = [(row.tablename, row.cmd) for row in rows]
    assert listing == {"gateway": [("organization", "SELECT")]}
    sources = [path for path in ROOT.glob("s*/**/*.py") if "app.listing" in path.read_text()]
    assert sorted(path.name for path in sources) == ["2026-11-24_1930_listing_organisations.py", "repository.py"]


# The counts are those of the session since it last handed them over: let it do so after each transaction.
_CHANGED = text(
    "SELECT relname FROM pg_stat_xact_user_tables, pg_stat_force_next_flush() "
    "WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
)
_OTHER_POLICIES = text(
    "SELECT tablename, cmd FROM pg_policies WHERE policyname <> 'tenant' AND permissive = 'PERMISSIVE'"
)
