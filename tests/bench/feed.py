"""The feed: how fast events get into it, and what a page of it costs where a million are stored."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import uvloop

from gateway.feed import service
from gateway.handlers import SUBSCRIPTIONS
from local.postgres import Postgres
from shared.bus.consumer import Consumer, Done
from shared.bus.message import Message
from shared.db.engine import create_engine
from shared.db.migrate import upgrade
from shared.db.provision import provision
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.events.contacts import ContactState, ContactUpdated, DefaultsState
from shared.identifiers import new_id

EVENTS, TOGETHER, ROUNDS = 5_000, 100, 3
STORED, PAGE, PAGES = 1_000_000, 200, 100
RARE = "ficha.crm.note.deleted.v1"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(Path(folder) / "pg").start()
        try:
            urls = asyncio.run(provision(server.url, "gateway"))
            upgrade("gateway", urls.migrate_url)
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(measure(server, urls.database_url))
        finally:
            server.stop()


async def measure(server: Postgres, url: str) -> None:
    database = Database(create_engine(url, application="bench", pool_size=10))
    raw = await asyncpg.connect(server.url.set(database="ficha_gateway", drivername="postgresql").render_as_string())
    try:
        rates: dict[str, list[float]] = {"raw insert and commit": [], "consumer, inbox and feed": []}
        for _ in range(ROUNDS):
            org_id = new_id()
            messages = [message_of(org_id) for _ in range(EVENTS)]
            rates["raw insert and commit"].append(EVENTS / await taken(append_raw, raw, messages))
            rates["consumer, inbox and feed"].append(EVENTS / await taken(append_all, database, messages))
        print(f"\nFeed: {EVENTS:,} events of {len(messages[0].body)} bytes, {TOGETHER} a transaction (events/s)")
        for name, figures in rates.items():
            print(f"  {name:26} {statistics.median(figures):8.0f}/s   of {', '.join(f'{f:.0f}' for f in figures)}")
        await read_pages(database, await fill(raw, messages[0].body))
    finally:
        await raw.close()
        await database.close()


async def taken(work: Callable[..., Awaitable[None]], *values: object) -> float:
    started = time.perf_counter()
    await work(*values)
    return time.perf_counter() - started


def message_of(org_id: UUID) -> Message:
    """A contact of common size."""
    now = datetime.now(UTC)
    state = ContactState(
        id=new_id(),
        kind="company",
        name="Bólido Comidas preparadas",
        roles=["client"],
        emails=["martin.sommer@bolido.example"],
        phones=["+34915552282"],
        defaults=DefaultsState(),
        tags=["madrid"],
        created_at=now,
        updated_at=now,
    )
    event = ContactUpdated(
        id=new_id(), occurred_at=now, org_id=org_id, subject=state.id, version=2, data=state, changed=("name",)
    )
    return Message(event.id, event.name, event.to_bytes())


async def append_raw(raw: asyncpg.Connection, messages: Sequence[Message]) -> None:
    """The same rows into a table without rules, position and inbox."""
    await raw.execute("CREATE TABLE IF NOT EXISTS bare (position bigserial PRIMARY KEY, event_id uuid, body bytea)")
    for start in range(0, len(messages), TOGETHER):
        async with raw.transaction():
            for message in messages[start : start + TOGETHER]:
                await raw.execute("INSERT INTO bare (event_id, body) VALUES ($1, $2)", message.event_id, message.body)


async def append_all(database: Database, messages: Sequence[Message]) -> None:
    consumer = Consumer("gateway", database, SUBSCRIPTIONS)
    for start in range(0, len(messages), TOGETHER):
        assert set(await consumer.handle_all(messages[start : start + TOGETHER])) == {Done()}


async def fill(raw: asyncpg.Connection, body: bytes) -> UUID:
    """An organisation with a long feed; one event in ten thousand is a rare one."""
    org_id = new_id()
    await raw.execute(
        "INSERT INTO event_log (org_id, position, event_id, name, recorded_at, body)"
        " SELECT $1, p, gen_random_uuid(), CASE WHEN p % 10000 = 0 THEN $2 ELSE $3 END, now(), $4"
        " FROM generate_series(1, $5) AS p",
        org_id,
        RARE,
        ContactUpdated.name,
        body,
        STORED,
    )
    await raw.execute("INSERT INTO feed_head (org_id, last_position) VALUES ($1, $2)", org_id, STORED)
    await raw.execute("VACUUM ANALYZE event_log")
    return org_id


async def read_pages(database: Database, org_id: UUID) -> None:
    scope = Scope(org_id=org_id)
    contacts, everybody = frozenset({"contacts", "crm"}), None
    for name, after, owners, types in (
        ("first", 0, everybody, []),
        ("last", STORED - PAGE, everybody, []),
        ("first, by scopes and types", 0, contacts, ["ficha.contacts.*", RARE]),
        (f"rare, {service.SPAN:,} passed over", STORED // 2, everybody, [RARE]),
    ):
        seconds = []
        for _ in range(PAGES):
            started = time.perf_counter()
            async with database.transaction(scope) as session:
                reading = await service.read(session, after=after, heard=owners, types=types, limit=PAGE)
            seconds.append(time.perf_counter() - started)
        print(f"  page {name:32} {len(reading.events):4} events, p50 {statistics.median(seconds) * 1000:6.2f} ms")


if __name__ == "__main__":
    main()
