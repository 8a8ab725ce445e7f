"""A tiny service for tests of what all services share: one tenant table, two events, no package of its own.

`thing` is its aggregate; `effect` is what a listener did, one row for each time it did it; `copy` is a
listener's copy, kept by the rule of versions.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from local.postgres import Postgres
from shared.bus import outbox
from shared.db.engine import create_engine
from shared.db.migrate import create_dead_letters, create_infrastructure, create_log_position, hold_to_tenant
from shared.db.provision import Provisioned, provision
from shared.db.session import Database
from shared.db.tenancy import org_of
from shared.events.base import Event, State

TABLES = (
    "thing",
    "effect",
    "copy",
    "outbox",
    "inbox",
    "parked_message",
    "dead_letter",
    "dead_letter_action",
    "idempotency_key",
)


class ThingState(State):
    id: UUID
    name: str = "thing"
    deleted: bool = False


class ThingChanged(Event[ThingState]):
    name = "ficha.probe.thing.changed.v1"


class OtherChanged(Event[ThingState]):
    name = "ficha.probe.other.changed.v1"


async def build(server: Postgres, service: str) -> Provisioned:
    """Its database, made like every service's: by the owning role, through Alembic."""
    urls = await provision(server.url, service)
    engine = create_async_engine(urls.migrate_url)
    async with engine.begin() as connection:
        await connection.run_sync(_migrate)
    await engine.dispose()
    return urls


@asynccontextmanager
async def connect(urls: Provisioned, *, pool_size: int = 8) -> AsyncIterator[Database]:
    database = Database(create_engine(urls.database_url, application="test-probe", pool_size=pool_size))
    try:
        yield database
    finally:
        await database.close()


async def empty(urls: Provisioned) -> None:
    """Only the owner may: the working role cannot even truncate."""
    connection = await asyncpg.connect(urls.migrate_url.replace("+asyncpg", ""))
    await connection.execute(f"TRUNCATE {', '.join(TABLES)}")
    await connection.close()


async def change_thing(
    session: AsyncSession, subject: UUID, *, version: int, event: type[Event[ThingState]] = ThingChanged
) -> Event[ThingState]:
    """A use case: the row and its event in one transaction."""
    await session.execute(
        text(
            "INSERT INTO thing (org_id, id, version) VALUES (:org, :id, :version)"
            " ON CONFLICT (org_id, id) DO UPDATE SET version = excluded.version"
        ),
        {"org": org_of(session), "id": subject, "version": version},
    )
    return await outbox.record(session, event, subject=subject, version=version, data=ThingState(id=subject))


async def on_thing_changed(session: AsyncSession, event: Event[ThingState]) -> None:
    """A handler: counts itself, and keeps the copy when the event is newer."""
    values = {"org": event.org_id, "id": event.subject, "event": event.id, "version": event.version}
    await session.execute(
        text("INSERT INTO effect (org_id, subject, event_id, version) VALUES (:org, :id, :event, :version)"), values
    )
    await session.execute(
        text(
            "INSERT INTO copy AS mine (org_id, id, version, applied)"
            " VALUES (:org, :id, :version, ARRAY[CAST(:version AS integer)])"
            " ON CONFLICT (org_id, id) DO UPDATE"
            " SET version = excluded.version, applied = mine.applied || excluded.version"
            " WHERE excluded.version > mine.version"
        ),
        values,
    )


async def effects(database: Database, of: Iterable[UUID] | None = None) -> list[UUID]:
    """Ids of the events that had an effect, in its order; of those given only."""
    wanted = set(of) if of is not None else None
    async with database.engine.connect() as connection:
        found = (await connection.execute(text("SELECT event_id FROM effect ORDER BY position"))).scalars().all()
    return [event_id for event_id in found if wanted is None or event_id in wanted]


def _migrate(connection: Connection) -> None:
    with Operations.context(MigrationContext.configure(connection)) as operations:
        create_infrastructure()
        create_dead_letters()
        create_log_position()
        operations.execute(
            # The check comes at COMMIT: what a use case cannot see fails its transaction all the same.
            "CREATE TABLE thing (org_id uuid, id uuid, version integer NOT NULL, name text, needs uuid,"
            " PRIMARY KEY (org_id, id),"
            " FOREIGN KEY (org_id, needs) REFERENCES thing DEFERRABLE INITIALLY DEFERRED)"
        )
        operations.execute(
            "CREATE TABLE effect (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
            " org_id uuid, subject uuid, event_id uuid, version integer)"
        )
        operations.execute(
            "CREATE TABLE copy (org_id uuid, id uuid, version integer, applied integer[], name text,"
            " deleted boolean NOT NULL DEFAULT false, PRIMARY KEY (org_id, id))"
        )
        hold_to_tenant("thing")
