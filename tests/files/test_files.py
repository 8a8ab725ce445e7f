"""Listing, deleting, restoring, and the bytes' end."""

import asyncio
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from files import service
from files.config import Settings
from files.main import create_app
from files.schemas import FilesPanelPart
from files.storage import Storage
from files.sweeper import sweep
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from tests.files.support import Bucket, rows, upload
from tests.support.identity import client_of
from tests.support.outbox import recorded
from tests.support.waiting import until


async def days_pass(database: Database, org_id: UUID, days: int) -> None:
    async with database.transaction(Scope(org_id=org_id)) as session:
        await session.execute(text("UPDATE removal SET due_at = due_at - make_interval(days => :days)"), {"days": days})


async def panel_of(client: httpx.AsyncClient, contact_id: UUID) -> dict[str, object]:
    part = (await client.get(f"/internal/contacts/{contact_id}/panel")).json()
    FilesPanelPart.model_validate(part, extra="forbid", by_alias=False, by_name=True)
    files: dict[str, object] = part["files"]
    return files


async def test_the_list_is_newest_first_page_by_page(client: httpx.AsyncClient, contact_id: UUID) -> None:
    made = [(await upload(client, contact_id, name=f"{number}.txt"))["id"] for number in range(5)]
    path = f"/api/v1/contacts/{contact_id}/files"
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await client.get(f"{path}?limit=2{cursor}")).json()
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == made[::-1]


@pytest.mark.parametrize(
    "query", ["cursor=nonsense", "cursor=WzEsMl0", "cursor=WyIyMDI2LTAxLTAxIiwieCJd", "limit=0", "limit=201"]
)
async def test_a_bad_page_is_named(client: httpx.AsyncClient, contact_id: UUID, query: str) -> None:
    answer = await client.get(f"/api/v1/contacts/{contact_id}/files?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, query.split("=")[0])


async def test_deleting_hides_and_restoring_brings_back_the_same(
    client: httpx.AsyncClient, database: Database, storage: Storage, org_id: UUID, contact_id: UUID
) -> None:
    file = await upload(client, contact_id)
    path = f"/api/v1/files/{file['id']}"
    assert (await client.delete(path, headers={"If-Match": '"7"'})).status_code == 412
    assert (await client.delete(path, headers={"If-Match": '"1"'})).status_code == 204
    for hidden in (path, f"{path}/content"):
        assert (await client.get(hidden)).json()["code"] == "files.not_found"
    assert (await client.delete(path)).status_code == 404
    assert (await client.get(f"/api/v1/contacts/{contact_id}/files")).json()["items"] == []
    assert await panel_of(client, contact_id) == {"items": [], "count": 0}

    await days_pass(database, org_id, 29)
    await sweep(database, storage)
    restored = await client.post(f"{path}/restore")
    assert (restored.status_code, restored.headers["etag"]) == (200, '"3"')
    assert restored.json() == file | {"version": 3}
    assert (await client.get(f"{path}/content")).content == b"hola"
    assert (await panel_of(client, contact_id))["count"] == 1
    assert (await client.post(f"{path}/restore")).json()["version"] == 3

    assert [
        (event.name.split(".")[3], event.version, event.data.deleted) for event in await recorded(database, org_id)
    ] == [
        ("uploaded", 1, False),
        ("deleted", 2, True),
        ("uploaded", 3, False),
    ]


async def test_after_the_retention_the_bytes_are_gone_and_the_tombstone_stays(
    client: httpx.AsyncClient, database: Database, storage: Storage, bucket: Bucket, org_id: UUID, contact_id: UUID
) -> None:
    file, kept = await upload(client, contact_id), await upload(client, contact_id)
    await client.delete(f"/api/v1/files/{file['id']}")
    await days_pass(database, org_id, 31)
    assert await sweep(database, storage) >= 1
    assert bucket.objects(org_id) == [f"{org_id}/{contact_id}/{kept['id']}"]
    gone = await client.post(f"/api/v1/files/{file['id']}/restore")
    assert (gone.status_code, gone.json()["code"]) == (410, "files.gone")
    assert len(await rows(database, org_id, "SELECT id FROM file WHERE deleted_at IS NOT NULL")) == 1


async def test_a_restore_during_the_removal_waits_and_comes_too_late(
    client: httpx.AsyncClient, database: Database, storage: Storage, org_id: UUID, contact_id: UUID
) -> None:
    file = await upload(client, contact_id)
    await client.delete(f"/api/v1/files/{file['id']}")
    await days_pass(database, org_id, 31)
    async with database.transaction(Scope(org_id=org_id)) as session:
        assert await service.remove_bytes(session, UUID(file["id"]), storage=storage)
        restoring = asyncio.create_task(client.post(f"/api/v1/files/{file['id']}/restore"))

        async def waits() -> bool:
            return bool(await session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))

        await until(waits, what="a restore that waits")
    assert (await restoring).json()["code"] == "files.gone"


async def test_one_sweep_serves_every_organisation(
    settings: Settings, database: Database, storage: Storage, bucket: Bucket
) -> None:
    at_once = create_app(settings.model_copy(update={"retention_days": 0}), database)
    organisations = [new_id(), new_id()]
    async with at_once.router.lifespan_context(at_once):
        for org_id in organisations:
            async with client_of(at_once, org_id) as client:
                contact_id = new_id()
                async with database.transaction(Scope(org_id=org_id)) as session:
                    await session.execute(
                        text("INSERT INTO contact (org_id, id, version, deleted) VALUES (:org, :id, 1, false)"),
                        {"org": org_id, "id": contact_id},
                    )
                file = await upload(client, contact_id)
                await client.delete(f"/api/v1/files/{file['id']}")
    assert await sweep(database, storage) >= 2
    assert [bucket.objects(org_id) for org_id in organisations] == [[], []]


async def test_the_panel_shows_the_latest_ten_and_the_count(client: httpx.AsyncClient, contact_id: UUID) -> None:
    made = [await upload(client, contact_id, name=f"{number}.txt") for number in range(12)]
    part = await panel_of(client, contact_id)
    assert part["count"] == 12
    items = part["items"]
    assert isinstance(items, list)
    assert [item["id"] for item in items] == [file["id"] for file in made[:1:-1]]
    assert set(items[0]) == set(made[0])


async def test_a_hidden_contacts_files_are_kept_but_not_listed(
    client: httpx.AsyncClient, database: Database, org_id: UUID, contact_id: UUID
) -> None:
    file = await upload(client, contact_id)
    async with database.transaction(Scope(org_id=org_id)) as session:
        await session.execute(text("UPDATE contact SET deleted = true"))
    path = f"/api/v1/contacts/{contact_id}/files"
    assert (await client.get(path)).status_code == 404
    assert (await client.post(path, files={"file": ("a", b"x")})).status_code == 404
    assert (await client.get(f"/api/v1/files/{file['id']}/content")).status_code == 200
