"""The service as a process of its own: large files pass through it without staying in it, also when it is killed."""

import asyncio
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx
import psutil
import pytest
from sqlalchemy import text

from files.config import Settings
from files.storage import Storage
from files.sweeper import sweep
from local.ports import free_ports
from shared.db.session import Database
from shared.db.tenancy import Scope
from tests.files.conftest import PRIVATE_KEY
from tests.files.support import Bucket, rows
from tests.support.identity import PUBLIC_KEY, bearer
from tests.support.postgres import Databases
from tests.support.waiting import until

MIB = 1024 * 1024
BLOCK = os.urandom(MIB)


async def form_of(size: int) -> AsyncIterator[bytes]:
    """A multipart body with one file of so many MiB, made as it is sent."""
    yield b'--frontera\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
    for _ in range(size):
        yield BLOCK
    yield b"\r\n--frontera--\r\n"


@pytest.fixture
async def process(databases: Databases, settings: Settings, tmp_path: Path) -> AsyncIterator[tuple[str, int]]:
    """(address, pid) of `python -m files --only http`."""
    [port] = free_ports(1)
    values = {
        "PORT": str(port),
        "DATABASE_URL": (await databases.urls("files")).database_url,
        "IDENTITY_ISSUERS": json.dumps({"gateway": {"public_key": PUBLIC_KEY}}),
        "IDENTITY_PRIVATE_KEY": PRIVATE_KEY,
        "CONTACTS_URL": settings.contacts_url,
        "S3_ENDPOINT": settings.s3_endpoint,
        "S3_ACCESS_KEY": settings.s3_access_key.get_secret_value(),
        "S3_SECRET_KEY": settings.s3_secret_key.get_secret_value(),
        "S3_BUCKET": settings.s3_bucket,
        "S3_SECURE": "false",
    }
    environment = {**os.environ, **{f"FILES_{name}": value for name, value in values.items()}}
    with (tmp_path / "log").open("wb") as log:
        command = [sys.executable, "-m", "files", "--only", "http"]
        service = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: ASYNC220 - does not block
    url = f"http://127.0.0.1:{port}"

    async def ready() -> bool:
        assert service.poll() is None, (tmp_path / "log").read_text()
        async with httpx.AsyncClient() as client:
            try:
                return (await client.get(f"{url}/health/ready")).status_code == 200
            except httpx.TransportError:
                return False

    try:
        await until(ready, within=30, what="the service")
        yield url, service.pid
    finally:
        service.terminate()
        await asyncio.to_thread(service.wait, 20)


async def test_64_mib_go_in_and_out_and_memory_stays_flat(
    process: tuple[str, int], org_id: UUID, contact_id: UUID
) -> None:
    url, pid = process
    headers = {"Authorization": bearer("files", org_id), "Content-Type": "multipart/form-data; boundary=frontera"}
    measured = psutil.Process(pid)
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
        path = f"/api/v1/contacts/{contact_id}/files"
        assert (await client.post(path, content=form_of(1))).status_code == 201
        before = most = measured.memory_info().rss

        async def watch() -> None:
            nonlocal most
            while True:
                most = max(most, measured.memory_info().rss)
                await asyncio.sleep(0.01)

        watching = asyncio.create_task(watch())
        answer = await client.post(path, content=form_of(64))
        assert answer.status_code == 201, answer.text
        file = answer.json()
        assert (file["size"], file["sha256"]) == (64 * MIB, hashlib.sha256(BLOCK * 64).hexdigest())
        digest = hashlib.sha256()
        async with client.stream("GET", f"/api/v1/files/{file['id']}/content") as download:
            async for chunk in download.aiter_bytes():
                digest.update(chunk)
        watching.cancel()
        assert digest.hexdigest() == file["sha256"]
        assert (most - before) / MIB < 40


async def test_what_a_killed_process_left_is_swept(
    process: tuple[str, int], database: Database, storage: Storage, bucket: Bucket, org_id: UUID, contact_id: UUID
) -> None:
    url, pid = process
    headers = {"Authorization": bearer("files", org_id), "Content-Type": "multipart/form-data; boundary=frontera"}
    killed = asyncio.Event()

    async def half() -> AsyncIterator[bytes]:
        form = form_of(64)
        for _ in range(20):
            yield await anext(form)
        await killed.wait()

    async def begun() -> bool:
        return bool(bucket.unfinished(org_id))

    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
        uploading = asyncio.create_task(client.post(f"/api/v1/contacts/{contact_id}/files", content=half()))
        await until(begun, what="the first part in the storage")
        psutil.Process(pid).kill()
        killed.set()
        with pytest.raises(httpx.TransportError):
            await uploading
    assert await rows(database, org_id, "SELECT due_at FROM removal WHERE due_at > now() + interval '50 minutes'")
    async with database.transaction(Scope(org_id=org_id)) as session:
        await session.execute(text("UPDATE removal SET due_at = now()"))
    await sweep(database, storage)
    assert (bucket.unfinished(org_id), bucket.objects(org_id)) == ([], [])
    assert await rows(database, org_id, "SELECT id FROM removal UNION ALL SELECT id FROM file") == []


async def test_a_file_past_the_limit_is_told_so_over_a_real_connection(
    process: tuple[str, int], org_id: UUID, contact_id: UUID
) -> None:
    url, _ = process
    headers = {"Authorization": bearer("files", org_id), "Content-Type": "multipart/form-data; boundary=frontera"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
        answer = await client.post(f"/api/v1/contacts/{contact_id}/files", content=form_of(101))
    assert (answer.status_code, answer.json()["code"]) == (413, "files.too_large")
