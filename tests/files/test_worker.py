"""The bus process of files sweeps by itself."""

import asyncio
from uuid import UUID

import httpx
from sqlalchemy import text

from files.config import Settings
from files.worker import create_worker
from shared.bus.memory import MemoryHub, MemoryTransport
from shared.db.session import Database
from shared.db.tenancy import Scope
from tests.files.support import Bucket, upload
from tests.support.waiting import until


async def test_the_worker_removes_what_is_due_also_after_a_storage_that_was_away(
    client: httpx.AsyncClient,
    settings: Settings,
    database: Database,
    bucket: Bucket,
    org_id: UUID,
    contact_id: UUID,
) -> None:
    file = await upload(client, contact_id)
    await client.delete(f"/api/v1/files/{file['id']}")
    async with database.transaction(Scope(org_id=org_id)) as session:
        await session.execute(text("UPDATE removal SET due_at = now()"))

    async def gone() -> bool:
        return bucket.objects(org_id) == []

    away = settings.model_copy(update={"s3_endpoint": "127.0.0.1:1"})
    for storage, condition in ((away, None), (settings, gone)):
        stop = asyncio.Event()
        worker = create_worker(storage, database, MemoryTransport(MemoryHub()))
        running = asyncio.create_task(worker.run(stop))
        if condition:
            await until(condition, what="the bytes removed")
        stop.set()
        await running
        assert (bucket.objects(org_id) == []) is (condition is not None)
