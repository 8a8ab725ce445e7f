"""What HTTP says of every request alike."""

from typing import Any

import httpx
import pytest

from shared.web.versions import is_same

JSON = "application/json"


async def made(client: httpx.AsyncClient) -> str:
    answer = await client.post("/api/v1/things", json={"name": "a"})
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


async def test_head_is_get_without_its_body(client: httpx.AsyncClient) -> None:
    thing = await made(client)
    for path in (thing, "/api/v1/things", "/health/live", "/api/v1/openapi.json", "/api/v1/things/7", "/nothing"):
        got, head = await client.get(path), await client.head(path)
        assert (head.status_code, head.content) == (got.status_code, b""), path
        own = {"x-request-id", "traceparent"}
        assert {k: v for k, v in head.headers.items() if k not in own} == {
            k: v for k, v in got.headers.items() if k not in own
        }, path
        assert int(head.headers["content-length"]) == len(got.content)
    assert (await client.head("/api/v1/things/asked/text")).status_code == 405


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ('"1"', 304),
        ('W/"1"', 304),
        ("*", 304),
        ('"7", W/"1"', 304),
        ('"7","1"', 304),
        ('"7"', 200),
        ('"x"', 200),
        ("1", 200),
        ("", 200),
        ('"7" "1"', 200),
    ],
)
async def test_who_has_it_is_told_so(client: httpx.AsyncClient, header: str, status: int) -> None:
    thing = await made(client)
    for method in ("GET", "HEAD"):
        answer = await client.request(method, thing, headers={"If-None-Match": header})
        assert (answer.status_code, answer.headers["etag"]) == (status, '"1"')
        if status == 304:
            assert answer.content == b""
            assert not {"content-length", "content-type"} & set(answer.headers)
    listed = await client.get("/api/v1/things", headers={"If-None-Match": "*"})
    assert listed.status_code == 200, "it has no ETag"
    missing = await client.get(f"{thing[:-12]}000000000000", headers={"If-None-Match": "*"})
    assert missing.status_code == 404


def test_tags_are_compared_weakly() -> None:
    assert is_same('"a"', 'W/"a"')
    assert is_same('W/"a"', '"a"')
    assert is_same('"b", "a"', '"a"')
    assert not is_same('"b"', '"a"')
    assert not is_same('"a', '"a"')


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": JSON}, 201),
        ({"Content-Type": "application/json; charset=utf-8"}, 201),
        ({"Content-Type": 'APPLICATION/JSON;charset="UTF-8"'}, 201),
        ({"Content-Type": "application/merge-patch+json"}, 201),
        ({"Content-Type": JSON, "Content-Encoding": "identity"}, 201),
        ({}, 415),
        ({"Content-Type": ""}, 415),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "text/json"}, 415),
        ({"Content-Type": "application/jsonx"}, 415),
        ({"Content-Type": "application/xml"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "multipart/form-data; boundary=x"}, 415),
        ({"Content-Type": "application/json; charset=latin-1"}, 415),
        ({"Content-Type": "application/json; charset=utf-16"}, 415),
        ({"Content-Type": JSON, "Content-Encoding": "gzip"}, 415),
        ({"Content-Type": JSON, "Content-Encoding": "br"}, 415),
        ({"Content-Type": JSON, "Content-Encoding": "identity, gzip"}, 415),
    ],
)
async def test_what_we_cannot_read_is_415(client: httpx.AsyncClient, headers: dict[str, str], status: int) -> None:
    answer = await client.post("/api/v1/things", content=b'{"name": "a"}', headers=headers)
    assert answer.status_code == status, answer.text
    if status == 415:
        assert answer.json()["code"] == "unsupported_media_type"


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("limit=2", []),
        ("", []),
        ("nonsense=1", ["nonsense"]),
        ("nonsense", ["nonsense"]),
        ("Limit=2", ["Limit"]),
        ("limit[]=2", ["limit[]"]),
        ("limit=2&limit=3", ["limit"]),
        ("limit=2&limit=2", ["limit"]),
        ("limit=2&nonsense=1&other=2", ["nonsense", "other"]),
    ],
)
async def test_a_parameter_that_means_nothing_is_named(
    client: httpx.AsyncClient, query: str, fields: list[str]
) -> None:
    answer = await client.get(f"/api/v1/things?{query}")
    found: list[dict[str, Any]] = answer.json().get("errors", [])
    assert (answer.status_code, [error["field"] for error in found]) == (422 if fields else 200, fields)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/v1/things", "GET, HEAD, POST, OPTIONS"),
        ("/api/v1/things/7", "GET, HEAD, DELETE, OPTIONS"),
        ("/api/v1/things/asked/text", "POST, OPTIONS"),
    ],
)
async def test_what_may_be_asked_is_said(client: httpx.AsyncClient, path: str, allowed: str) -> None:
    options = await client.options(path)
    assert (options.status_code, options.headers["allow"], options.content) == (204, allowed, b"")
    for method in ("PUT", "TRACE", "BREW"):
        answer = await client.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert (await client.options("/api/v1/nothing")).status_code == 404
