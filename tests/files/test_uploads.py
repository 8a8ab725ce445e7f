"""Uploading: what goes in, what is refused, and that nothing half-made stays."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from files.config import Settings
from files.main import create_app
from files.storage import Storage
from files.sweeper import sweep
from shared.db.session import Database
from shared.identifiers import new_id
from tests.files.conftest import serving
from tests.files.support import Bucket, rows, upload
from tests.support.identity import bearer, client_of
from tests.support.outbox import recorded
from tests.support.waiting import until

PDF = b"%PDF-1.7\n" + b"x" * 100
BOUNDARY = "----frontera"


def form(*parts: tuple[str, bytes], end: bool = True) -> tuple[dict[str, str], bytes]:
    """Headers and body of a multipart request; each part is its Content-Disposition and its bytes."""
    body = b"".join(
        f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + data + b"\r\n"
        for disposition, data in parts
    )
    closing = f"--{BOUNDARY}--\r\n".encode() if end else b""
    return {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}, body + closing


async def nothing_was_made(database: Database, storage: Storage, bucket: Bucket, org_id: UUID) -> bool:
    await sweep(database, storage)
    assert await rows(database, org_id, "SELECT id FROM file") == []
    assert await recorded(database, org_id) == []
    left = await rows(database, org_id, "SELECT id FROM removal")
    return not left and not bucket.objects(org_id) and not bucket.unfinished(org_id)


async def test_an_upload_comes_back_byte_for_byte(client: httpx.AsyncClient, contact_id: UUID) -> None:
    data = os.urandom(12 * 1024 * 1024 + 17)  # three parts, the last one short
    answer = await client.post(f"/api/v1/contacts/{contact_id}/files", files={"file": ("plano.dwg", data)})
    assert answer.status_code == 201, answer.text
    file = answer.json()
    assert answer.headers["location"] == f"/api/v1/files/{file['id']}"
    assert answer.headers["etag"] == '"1"'
    assert file | {"uploaded_at": None} == {
        "id": file["id"],
        "version": 1,
        "contact_id": str(contact_id),
        "name": "plano.dwg",
        "size": len(data),
        "media_type": "application/octet-stream",
        "sha256": hashlib.sha256(data).hexdigest(),
        "uploaded_at": None,
        "uploaded_by": "user:test",
        "uploaded_by_name": "",
    }
    assert (await client.get(f"/api/v1/files/{file['id']}")).json() == file
    assert (await client.get(f"/api/v1/files/{file['id']}/content")).content == data


@pytest.mark.parametrize("size", [0, 1, 5 * 1024 * 1024, 5 * 1024 * 1024 + 1])
async def test_every_size_comes_back_also_none_and_exactly_one_part(
    client: httpx.AsyncClient, contact_id: UUID, size: int
) -> None:
    data = b"\r\n" * (size // 2) + b"-" * (size % 2)  # what a boundary begins with
    file = await upload(client, contact_id, data, "a.bin")
    assert (file["size"], file["sha256"]) == (size, hashlib.sha256(data).hexdigest())
    assert (await client.get(f"/api/v1/files/{file['id']}/content")).content == data


async def test_uploading_records_one_event_and_leaves_nothing_to_sweep(
    client: httpx.AsyncClient, database: Database, storage: Storage, bucket: Bucket, org_id: UUID, contact_id: UUID
) -> None:
    file = await upload(client, contact_id, PDF, "oferta.pdf")
    [event] = await recorded(database, org_id)
    assert event.name == "ficha.files.file.uploaded.v1"
    assert (str(event.subject), event.version, event.data.sha256) == (file["id"], 1, file["sha256"])
    assert await rows(database, org_id, "SELECT id FROM removal") == []
    assert bucket.objects(org_id) == [f"{org_id}/{contact_id}/{file['id']}"]


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([], "missing"),
        ([('form-data; name="file"', b"text")], "missing"),
        ([('form-data; name="file"; filename=""', b"")], "missing"),
        ([('form-data; name="file"; filename="../.."', b"x")], "file_name_invalid"),
        ([('form-data; name="file"; filename="a\u202e"', b"x"), ('form-data; name="file"; filename="b"', b"x")], None),
        ([('form-data; filename="a.txt"', b"x")], "extra_forbidden"),
    ],
)
async def test_a_form_without_one_proper_file_is_refused(
    client: httpx.AsyncClient,
    database: Database,
    storage: Storage,
    bucket: Bucket,
    org_id: UUID,
    contact_id: UUID,
    parts: list[tuple[str, bytes]],
    code: str | None,
) -> None:
    headers, body = form(*parts)
    answer = await client.post(f"/api/v1/contacts/{contact_id}/files", content=body, headers=headers)
    assert answer.status_code == 422, answer.text
    [error] = answer.json()["errors"]
    assert error["field"] == "file"
    assert error["code"] == (code or "extra_forbidden")
    assert await nothing_was_made(database, storage, bucket, org_id)


async def test_a_wrong_field_is_named(client: httpx.AsyncClient, contact_id: UUID) -> None:
    answer = await client.post(f"/api/v1/contacts/{contact_id}/files", files={"archivo": ("a.txt", b"x")})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "archivo")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=" + "b" * 500, b"x"),
        ("multipart/form-data; boundary=x", b"nonsense"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition form-data\r\n\r\nx\r\n--x--"),
        ("multipart/form-data; boundary=x", b"--x\r\nA: " + b"b" * 100_000),
        (None, b""),
    ],
)
async def test_what_is_no_form_is_refused_naming_the_file(
    client: httpx.AsyncClient, contact_id: UUID, content_type: str | None, body: bytes
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answer = await client.post(f"/api/v1/contacts/{contact_id}/files", content=body, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "file"), answer.text


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", "text/plain", None])
async def test_a_body_of_another_kind_is_not_taken(
    client: httpx.AsyncClient, contact_id: UUID, content_type: str | None
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answer = await client.post(f"/api/v1/contacts/{contact_id}/files", content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


async def test_a_form_that_ends_too_early_is_refused(
    client: httpx.AsyncClient, database: Database, storage: Storage, bucket: Bucket, org_id: UUID, contact_id: UUID
) -> None:
    headers, body = form(('form-data; name="file"; filename="a.txt"', b"half"), end=False)
    answer = await client.post(f"/api/v1/contacts/{contact_id}/files", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "files.upload_interrupted")
    assert await nothing_was_made(database, storage, bucket, org_id)


@pytest.mark.parametrize("declared", [True, False])
async def test_too_large_a_file_is_refused_whether_it_says_so_or_not(
    settings: Settings,
    database: Database,
    storage: Storage,
    bucket: Bucket,
    org_id: UUID,
    contact_id: UUID,
    declared: bool,
) -> None:
    limited = create_app(settings.model_copy(update={"max_bytes": 6_000_000}), database)
    headers, body = form(('form-data; name="file"; filename="a.bin"', bytes(8_000_000)))
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        for start in range(0, len(body), 65536):
            sent += 65536
            yield body[start : start + 65536]

    if declared:
        headers["Content-Length"] = str(len(body))
    async with limited.router.lifespan_context(limited), client_of(limited, org_id) as client:
        answer = await client.post(f"/api/v1/contacts/{contact_id}/files", content=chunks(), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (413, "files.too_large")
        assert answer.json()["errors"][0]["field"] == "file"
        assert sent == 0 if declared else sent < 6_500_000
        assert await nothing_was_made(database, storage, bucket, org_id)
        assert (await upload(client, contact_id, bytes(6_000_000)))["size"] == 6_000_000


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Ana\\factura.pdf", "factura.pdf"),
        ("..\\..\\win.ini", "win.ini"),
        ("informe\u202efdp.exe", "informefdp.exe"),
        ("a\tb.txt", "a b.txt"),
        ("Peñalver – oferta nº 7 (日本).pdf", "Peñalver – oferta nº 7 (日本).pdf"),
        ("a" * 300 + ".pdf", "a" * 196 + ".pdf"),
        ("factura.pdf.exe", "factura.pdf.exe"),
    ],
)
async def test_a_name_is_a_name_and_nothing_else(
    client: httpx.AsyncClient, bucket: Bucket, org_id: UUID, contact_id: UUID, given: str, kept: str
) -> None:
    headers, body = form((f'form-data; name="file"; filename="{given}"', PDF))
    answer = await client.post(f"/api/v1/contacts/{contact_id}/files", content=body, headers=headers)
    assert answer.json()["name"] == kept, answer.text
    assert bucket.objects(org_id) == [f"{org_id}/{contact_id}/{answer.json()['id']}"]


async def test_the_same_key_uploads_once(
    client: httpx.AsyncClient, database: Database, storage: Storage, bucket: Bucket, org_id: UUID, contact_id: UUID
) -> None:
    path = f"/api/v1/contacts/{contact_id}/files"
    key = {"Idempotency-Key": "k1"}
    first = await client.post(path, files={"file": ("a.txt", b"uno")}, headers=key)
    again = await client.post(path, files={"file": ("a.txt", b"uno")}, headers=key)
    other = await client.post(path, files={"file": ("a.txt", b"dos")}, headers=key)
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert (again.headers["etag"], again.headers["idempotent-replayed"]) == (first.headers["etag"], "true")
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "idempotency_key_reused")
    assert len(await recorded(database, org_id)) == 1
    await sweep(database, storage)
    assert len(bucket.objects(org_id)) == 1


async def test_uploads_at_once_under_one_key_make_one_file(
    client: httpx.AsyncClient, database: Database, org_id: UUID, contact_id: UUID
) -> None:
    answers = await asyncio.gather(
        *(
            client.post(
                f"/api/v1/contacts/{contact_id}/files",
                files={"file": ("a.txt", b"uno")},
                headers={"Idempotency-Key": "k2"},
            )
            for _ in range(5)
        )
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len(await rows(database, org_id, "SELECT id FROM file")) == 1


async def test_a_contact_not_heard_of_yet_is_asked_for(
    client: httpx.AsyncClient, contacts_app: FastAPI, org_id: UUID
) -> None:
    async with client_of(contacts_app, org_id) as asked:
        contact = (await asked.post("/api/v1/contacts", json={"kind": "company", "name": "Nueva"})).json()
    assert (await upload(client, contact["id"]))["contact_id"] == contact["id"]


async def test_a_contact_that_is_not_there_has_no_files(client: httpx.AsyncClient) -> None:
    path = f"/api/v1/contacts/{new_id()}/files"
    for answer in (await client.post(path, files={"file": ("a.txt", b"x")}), await client.get(path)):
        assert (answer.status_code, answer.json()["code"]) == (404, "files.contact_not_found")


async def test_reading_scope_does_not_upload(app: FastAPI, org_id: UUID, contact_id: UUID) -> None:
    async with client_of(app, org_id, "files:read", "contacts:write") as client:
        answer = await client.post(f"/api/v1/contacts/{contact_id}/files", files={"file": ("a.txt", b"x")})
    assert answer.status_code == 403


async def test_a_dead_storage_is_a_503_and_leaves_no_record(
    settings: Settings, database: Database, storage: Storage, bucket: Bucket, org_id: UUID, contact_id: UUID
) -> None:
    dead = create_app(settings.model_copy(update={"s3_endpoint": "127.0.0.1:1"}), database)
    async with dead.router.lifespan_context(dead), client_of(dead, org_id) as client:
        for size in (10, 20_000_000):
            answer = await client.post(f"/api/v1/contacts/{contact_id}/files", files={"file": ("a", bytes(size))})
            assert (answer.status_code, answer.json()["code"]) == (503, "files.storage_unreachable")
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()["missing"]) == (503, ["object storage unreachable"])
    assert await nothing_was_made(database, storage, bucket, org_id)


async def test_a_storage_that_hangs_is_told_by_readiness(settings: Settings, database: Database) -> None:
    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await hung.wait()
        writer.close()

    hung = asyncio.Event()
    async with await asyncio.start_server(hang, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        stuck = Storage(settings.model_copy(update={"s3_endpoint": f"127.0.0.1:{port}"}))
        assert await asyncio.wait_for(stuck.missing(), 5) == "object storage unreachable"
        hung.set()
        stuck.close()


async def test_a_client_that_goes_away_leaves_nothing(
    settings: Settings, database: Database, storage: Storage, bucket: Bucket, org_id: UUID, contact_id: UUID
) -> None:
    headers, body = form(('form-data; name="file"; filename="a.bin"', bytes(8_000_000)))
    async with serving(create_app(settings, database)) as url:
        host, port = url.removeprefix("http://").split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        lines = [
            f"POST /api/v1/contacts/{contact_id}/files HTTP/1.1",
            "Host: files",
            f"Authorization: {bearer('files', org_id)}",
            f"Content-Type: {headers['Content-Type']}",
            f"Content-Length: {len(body)}",
        ]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body[:6_000_000])
        await writer.drain()

        async def begun() -> bool:
            return bool(bucket.unfinished(org_id))

        await until(begun, what="the first part in the storage")
        writer.transport.abort()

        async def gone() -> bool:
            return await nothing_was_made(database, storage, bucket, org_id)

        await until(gone, what="a clean bucket")
