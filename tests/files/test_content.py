"""Downloading: ranges, names, and what a browser is allowed to do with it."""

import os
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from shared.identifiers import new_id
from tests.files.support import upload
from tests.support.identity import client_of

DATA = bytes(range(256)) * 4
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=1000-", 1000, 1023),
        ("bytes=1000-5000", 1000, 1023),
        ("bytes=-24", 1000, 1023),
        ("bytes=-5000", 0, 1023),
        ("Bytes= 0-1023", 0, 1023),
    ],
)
async def test_a_range_is_that_range(
    client: httpx.AsyncClient, contact_id: UUID, wanted: str, first: int, last: int
) -> None:
    file = await upload(client, contact_id, DATA, "a.bin")
    for answer in (
        await client.get(f"/api/v1/files/{file['id']}/content", headers={"Range": wanted}),
        await client.head(f"/api/v1/files/{file['id']}/content", headers={"Range": wanted}),
    ):
        assert answer.status_code == 206
        assert answer.headers["content-range"] == f"bytes {first}-{last}/1024"
        assert answer.headers["content-length"] == str(last - first + 1)
        assert answer.content == (DATA[first : last + 1] if answer.request.method == "GET" else b"")


@pytest.mark.parametrize("wanted", ["bytes=1024-", "bytes=5000-6000", "bytes=-0", f"bytes={'9' * 18}-"])
async def test_a_range_past_the_end_is_416(client: httpx.AsyncClient, contact_id: UUID, wanted: str) -> None:
    file = await upload(client, contact_id, DATA, "a.bin")
    answer = await client.get(f"/api/v1/files/{file['id']}/content", headers={"Range": wanted})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */1024")
    assert answer.json()["code"] == "files.range_not_satisfiable"


@pytest.mark.parametrize(
    "wanted", ["bytes=0-1,5-6", "bytes=9-3", "bytes=-", "lines=1-2", "bytes=a-b", f"bytes={'9' * 30}-", "bytes"]
)
async def test_what_is_no_single_range_gets_the_whole(client: httpx.AsyncClient, contact_id: UUID, wanted: str) -> None:
    file = await upload(client, contact_id, DATA, "a.bin")
    answer = await client.get(f"/api/v1/files/{file['id']}/content", headers={"Range": wanted})
    assert (answer.status_code, answer.content) == (200, DATA)


async def test_a_range_of_nothing_is_416_and_the_whole_of_nothing_is_nothing(
    client: httpx.AsyncClient, contact_id: UUID
) -> None:
    file = await upload(client, contact_id, b"", "vacío.txt")
    path = f"/api/v1/files/{file['id']}/content"
    assert (await client.get(path, headers={"Range": "bytes=0-"})).status_code == 416
    whole = await client.get(path)
    assert (whole.status_code, whole.headers["content-length"], whole.content) == (200, "0", b"")


async def test_a_reader_who_has_the_bytes_gets_304_and_an_old_range_the_whole(
    client: httpx.AsyncClient, contact_id: UUID
) -> None:
    file = await upload(client, contact_id, DATA, "a.bin")
    path = f"/api/v1/files/{file['id']}/content"
    etag = (await client.get(path)).headers["etag"]
    assert etag == f'"{file["sha256"]}"'
    assert (await client.get(path, headers={"If-None-Match": f'"x", W/{etag}'})).status_code == 304
    fresh = await client.get(path, headers={"Range": "bytes=0-0", "If-Range": etag})
    stale = await client.get(path, headers={"Range": "bytes=0-0", "If-Range": '"other"'})
    assert (fresh.status_code, stale.status_code) == (206, 200)


async def test_a_download_is_saved_under_its_whole_name_and_runs_nowhere(
    client: httpx.AsyncClient, contact_id: UUID
) -> None:
    file = await upload(client, contact_id, b"<script>alert(1)</script>", "Peñalver 'nº 7';.html")
    answer = await client.get(f"/api/v1/files/{file['id']}/content?inline=true")
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"Penalver 'no 7';.html\"; filename*=UTF-8''Pe%C3%B1alver%20%27n%C2%BA%207%27%3B.html"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("name", "data", "media_type", "shown"),
    [
        ("a.png", PNG, "image/png", True),
        ("a.pdf", b"%PDF-1.7\n\xff", "application/pdf", True),
        ("a.txt", b"hola", "text/plain", True),
        ("a.html", b"<html>", "text/html", False),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", False),
        ("a.png", b"<html><script>alert(1)</script>", "application/octet-stream", False),
        ("a.pdf.html", b"%PDF-1.7 <script>", "text/html", False),
        ("a.html", PNG + b"<script>alert(1)</script>", "application/octet-stream", False),
        ("a.pdf.exe", b"MZ\x90\0\x03", "application/octet-stream", False),
    ],
)
async def test_only_harmless_types_are_shown_in_place(
    client: httpx.AsyncClient, contact_id: UUID, name: str, data: bytes, media_type: str, shown: bool
) -> None:
    file = await upload(client, contact_id, data, name)
    assert file["media_type"] == media_type
    path = f"/api/v1/files/{file['id']}/content"
    inline, plain = await client.get(f"{path}?inline=true"), await client.get(path)
    assert inline.headers["content-disposition"].split(";")[0] == ("inline" if shown else "attachment")
    assert inline.headers["content-type"].split(";")[0] == media_type
    assert plain.headers["content-disposition"].startswith("attachment;")
    assert inline.content == data


async def test_another_organisations_file_is_not_there(
    app: FastAPI, client: httpx.AsyncClient, contact_id: UUID
) -> None:
    file = await upload(client, contact_id)
    async with client_of(app, new_id()) as stranger:
        for method, path in (
            ("GET", f"/api/v1/files/{file['id']}"),
            ("GET", f"/api/v1/files/{file['id']}/content"),
            ("HEAD", f"/api/v1/files/{file['id']}/content"),
            ("DELETE", f"/api/v1/files/{file['id']}"),
            ("POST", f"/api/v1/files/{file['id']}/restore"),
            ("GET", f"/api/v1/contacts/{contact_id}/files"),
        ):
            assert (await stranger.request(method, path)).status_code == 404, (method, path)
        refused = await stranger.post(f"/api/v1/contacts/{contact_id}/files", files={"file": ("a", b"x")})
        assert refused.status_code == 404
        panel = await stranger.get(f"/internal/contacts/{contact_id}/panel")
        assert panel.json() == {"files": {"items": [], "count": 0}}
    assert (await client.get(f"/api/v1/files/{file['id']}/content")).content == b"hola"


async def test_a_large_range_streams(client: httpx.AsyncClient, contact_id: UUID) -> None:
    data = os.urandom(3_000_000)
    file = await upload(client, contact_id, data, "a.bin")
    answer = await client.get(f"/api/v1/files/{file['id']}/content", headers={"Range": "bytes=999999-2000000"})
    assert answer.content == data[999_999:2_000_001]
