"""A migration among those who use the tables: it waits for its lock without making anybody wait behind it."""

import asyncio

import asyncpg
import pytest

from shared.db import migrate
from shared.db.migrate import upgrade
from shared.db.provision import provision
from tests.support.postgres import Databases

TABLE = "organization"
BEFORE = "g003"
"""The step after it changes that table."""


async def test_a_lock_that_is_not_had_is_asked_for_again_and_nobody_waits_behind_it(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "_LOCK_TIMEOUT", "300ms")
    urls = await provision(databases.server.url, "gateway", database="locked")
    await asyncio.to_thread(upgrade, "gateway", urls.migrate_url, revision=BEFORE)
    address = databases.server.url.set(database="locked").render_as_string()
    reader, others = await asyncpg.connect(address), await asyncpg.connect(address)
    async with reader.transaction():
        await reader.execute(f"SELECT FROM {TABLE}")
        upgrading = asyncio.create_task(asyncio.to_thread(upgrade, "gateway", urls.migrate_url))
        asked = 0
        while asked < 3:
            asked += bool(await others.fetch("SELECT FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'"))
            await others.execute(f"SELECT FROM {TABLE}", timeout=10)
            await asyncio.sleep(0.02)
        assert not upgrading.done()
    await upgrading
    assert await others.fetchval("SELECT version_num FROM alembic_version") != BEFORE
    await reader.close()
    await others.close()
