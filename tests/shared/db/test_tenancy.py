"""Rows of one organisation are not there for another, whatever the statement forgets."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from shared.db.provision import Provisioned
from shared.db.session import Database
from shared.db.tenancy import Scope, org_of
from shared.identifiers import new_id
from tests.support import probe
from tests.support.probe import change_thing

COUNT = text("SELECT count(*) FROM thing")


@pytest.fixture
async def narrow(probe_urls: Provisioned, publisher: Database) -> AsyncIterator[Database]:
    """One connection for everybody: what one leaves behind, the next would find."""
    async with probe.connect(probe_urls, pool_size=1) as database:
        yield database


async def count(database: Database, org_id: UUID | None) -> int:
    async with database.transaction(Scope(org_id)) as session:
        return await session.scalar(COUNT) or 0


async def add(database: Database, org_id: UUID) -> UUID:
    subject = new_id()
    async with database.transaction(Scope(org_id)) as session:
        await change_thing(session, subject, version=1)
    return subject


async def test_another_organisation_sees_nothing(publisher: Database) -> None:
    mine, theirs = new_id(), new_id()
    await add(publisher, mine)
    assert await count(publisher, mine) == 1
    assert await count(publisher, theirs) == 0
    assert await count(publisher, None) == 0


async def test_another_organisations_rows_cannot_be_changed_or_deleted(publisher: Database) -> None:
    mine, theirs = new_id(), new_id()
    subject = await add(publisher, mine)
    async with publisher.transaction(Scope(theirs)) as session:
        for statement in ("UPDATE thing SET version = 9 RETURNING id", "DELETE FROM thing RETURNING id"):
            assert (await session.execute(text(statement))).all() == []
    async with publisher.transaction(Scope(mine)) as session:
        assert await session.scalar(text("SELECT version FROM thing WHERE id = :id"), {"id": subject}) == 1


async def test_nothing_can_be_written_for_another_organisation(publisher: Database) -> None:
    async with publisher.engine.connect() as connection:
        await connection.execute(text("SELECT set_config('app.org_id', :org, true)"), {"org": str(new_id())})
        with pytest.raises(DBAPIError, match="row-level security"):
            await connection.execute(
                text("INSERT INTO thing (org_id, id, version) VALUES (:org, :id, 1)"), {"org": new_id(), "id": new_id()}
            )


async def test_a_pool_of_one_connection_leaks_no_tenant(narrow: Database) -> None:
    mine, theirs = new_id(), new_id()
    await add(narrow, mine)
    assert await count(narrow, theirs) == 0
    async with narrow.engine.connect() as connection:  # past every door
        assert await connection.scalar(COUNT) == 0
        assert await connection.scalar(text("SELECT current_setting('app.org_id', true)")) in ("", None)
    assert await count(narrow, mine) == 1


async def test_a_transaction_that_fails_or_is_cancelled_leaks_no_tenant(narrow: Database) -> None:
    mine = new_id()
    await add(narrow, mine)

    async def fail() -> None:
        async with narrow.transaction(Scope(mine)) as session:
            assert await session.scalar(COUNT) == 1
            raise RuntimeError("in the middle")

    async def hang() -> None:
        async with narrow.transaction(Scope(mine)) as session:
            await session.execute(text("SELECT pg_sleep(30)"))

    with pytest.raises(RuntimeError):
        await fail()
    assert await count(narrow, None) == 0
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(hang(), 0.2)
    assert await count(narrow, None) == 0
    assert await count(narrow, mine) == 1


async def test_the_short_way_to_read_is_held_to_the_tenant_too(publisher: Database) -> None:
    mine, theirs = Scope(new_id()), Scope(new_id())
    assert mine.org_id
    await add(publisher, mine.org_id)
    reader, count_them = publisher.reader, "SELECT count(*)::text FROM thing"
    assert await reader.read(mine, count_them) == b"1"
    assert await reader.read(theirs, count_them) == b"0"
    with pytest.raises(asyncpg.PostgresError):
        await reader.read(mine, "SELECT nonsense")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(mine, "SELECT pg_sleep(30)::text"), 0.2)
    assert await asyncio.gather(*(reader.read(theirs, count_them) for _ in range(10))) == [b"0"] * 10
    with pytest.raises(asyncpg.PostgresError, match="read-only"):
        await reader.read(mine, "DELETE FROM thing RETURNING id::text")


async def test_many_organisations_at_once_on_few_connections_never_mix(
    probe_urls: Provisioned, publisher: Database
) -> None:
    organisations = [new_id() for _ in range(6)]
    async with probe.connect(probe_urls, pool_size=2) as few:

        async def live(org_id: UUID, many: int) -> None:
            for number in range(many):
                await add(few, org_id)
                assert await count(few, org_id) == number + 1

        await asyncio.gather(*(live(org_id, 3 + index) for index, org_id in enumerate(organisations)))
        assert [await count(few, org_id) for org_id in organisations] == [3, 4, 5, 6, 7, 8]


async def test_even_the_owner_is_held_to_the_tenant(probe_urls: Provisioned, publisher: Database) -> None:
    await add(publisher, new_id())
    engine = create_async_engine(probe_urls.migrate_url)
    async with engine.connect() as connection:
        assert await connection.scalar(COUNT) == 0
    await engine.dispose()


async def test_the_working_role_owns_nothing_and_may_change_no_table(publisher: Database) -> None:
    async with publisher.engine.connect() as connection:
        owned = await connection.scalar(
            text("SELECT count(*) FROM pg_class JOIN pg_roles r ON r.oid = relowner WHERE r.rolname = current_user")
        )
        assert owned == 0
        powers = (
            await connection.execute(
                text(
                    "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles"
                    " WHERE rolname = current_user"
                )
            )
        ).one()
        assert not any(powers)
    for statement in (
        "ALTER TABLE thing DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant ON thing",
        "TRUNCATE thing",
        "CREATE TABLE mine (id integer)",
        "SET ROLE ficha_probe_owner",
    ):
        async with publisher.engine.connect() as connection:
            with pytest.raises(DBAPIError):
                await connection.execute(text(statement))


async def test_every_tenant_table_of_the_infrastructure_is_forced(publisher: Database) -> None:
    async with publisher.engine.connect() as connection:
        rows = await connection.execute(
            text("SELECT relname, relforcerowsecurity FROM pg_class WHERE relname IN ('thing', 'idempotency_key')")
        )
        assert {row.relname: row.relforcerowsecurity for row in rows} == {"thing": True, "idempotency_key": True}


async def test_a_session_without_an_organisation_says_so(publisher: Database) -> None:
    async with publisher.transaction(Scope(None)) as session:
        with pytest.raises(RuntimeError, match="no organisation"):
            org_of(session)
