"""Whatever is wrong with a request, the answer is a problem that says so."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from shared.web.server import serve
from tests.support.identity import bearer

JSON = {"Content-Type": "application/json"}


def problem_of(answer: httpx.Response, status: int, code: str) -> dict[str, object]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = answer.json()
    assert body["status"] == status
    assert body["code"] == code
    assert body["type"] == f"urn:ficha:problem:{code}"
    assert body["title"]
    return body


def fields_of(body: dict[str, object]) -> list[object]:
    errors = body["errors"]
    assert isinstance(errors, list)
    return [error["field"] for error in errors]


@pytest.mark.parametrize("body", ["{", "", "{'name': 1}", '{"name": "a",}', "nul"])
async def test_a_body_that_is_not_json_is_400(client: httpx.AsyncClient, body: str) -> None:
    answer = await client.post("/api/v1/things", content=body, headers=JSON)
    if body:
        problem_of(answer, 400, "malformed_json")
    else:
        problem_of(answer, 422, "invalid")


async def test_bytes_that_are_no_text_are_400(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/things", content=b'{"name": "\xff"}', headers=JSON)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "a", "colour": "red"}, "colour"),
        ({"name": ""}, "name"),
        ({"name": "a" * 201}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "a", "parts": [1, "x"]}, "parts.1"),
        ({"name": "a", "needs": "x"}, "needs"),
        ({"name": "a", "made_at": "2026-02-30T00:00:00Z"}, "made_at"),
        ([], "body"),
        ("a", "body"),
        (7, "body"),
    ],
)
async def test_a_wrong_field_is_422_and_named(client: httpx.AsyncClient, body: object, field: str) -> None:
    answer = await client.post("/api/v1/things", json=body)
    assert fields_of(problem_of(answer, 422, "invalid")) == [field]


async def test_an_unknown_path_is_a_404_problem(client: httpx.AsyncClient) -> None:
    problem_of(await client.get("/api/v1/nothing"), 404, "not_found")
    problem_of(await client.get("/"), 404, "not_found")
    problem_of(await client.get("/api/v1/things/"), 404, "not_found")


async def test_an_unknown_method_is_a_405_problem(client: httpx.AsyncClient) -> None:
    answer = await client.put("/api/v1/things")
    problem_of(answer, 405, "method_not_allowed")
    assert answer.headers["allow"]


async def test_a_path_that_is_no_id_is_422_and_named(client: httpx.AsyncClient) -> None:
    body = problem_of(await client.get("/api/v1/things/7"), 422, "invalid")
    assert fields_of(body) == ["thing_id"]


async def test_an_own_error_keeps_its_code_and_detail(client: httpx.AsyncClient) -> None:
    body = problem_of(await client.get("/api/v1/things/01a20a59-d298-7676-b693-5fe4b72e1766"), 404, "not_found")
    assert body["detail"] == "No such thing."


async def test_what_only_the_database_refuses_is_422_too(client: httpx.AsyncClient) -> None:
    problem_of(await client.post("/api/v1/things/asked/text", params={"value": "a\x00b"}), 422, "invalid_value")
    problem_of(await client.post("/api/v1/things/asked/number"), 422, "invalid_value")


async def test_a_database_that_hangs_up_on_a_reader_is_503(client: httpx.AsyncClient) -> None:
    problem_of(await client.get("/api/v1/whoami/hung-up"), 503, "unavailable")
    assert (await client.get("/api/v1/whoami/fine")).json() == {"fine": True}


async def test_a_statement_that_takes_too_long_is_503(client: httpx.AsyncClient) -> None:
    problem_of(await client.post("/api/v1/things/asked/slow"), 503, "unavailable")


async def test_a_bug_is_500_and_tells_nothing_of_itself(client: httpx.AsyncClient) -> None:
    body = problem_of(await client.post("/api/v1/things/asked/bug"), 500, "internal")
    assert set(body) == {"type", "title", "status", "code"}


async def test_no_token_is_401_and_says_which_scheme(client: httpx.AsyncClient) -> None:
    del client.headers["Authorization"]
    answer = await client.get("/api/v1/things")
    problem_of(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_ids_come_in_and_go_out_and_a_bad_one_is_replaced(client: httpx.AsyncClient) -> None:
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    answer = await client.get("/api/v1/whoami", headers={"X-Request-ID": "mine-1", "traceparent": trace})
    assert answer.headers["x-request-id"] == "mine-1"
    assert answer.headers["traceparent"] == trace
    assert answer.json()["correlation_id"] == "mine-1"
    answer = await client.get("/api/v1/whoami", headers={"X-Request-ID": "a b\tc", "traceparent": "nonsense"})
    assert answer.headers["x-request-id"] not in ("", "a b\tc")
    assert answer.headers["traceparent"].startswith("00-")


async def test_a_request_without_an_organisation_may_not_enter(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/things", headers={"Authorization": bearer("probe", None, "things:read")})
    problem_of(answer, 403, "forbidden")


async def test_health_and_metrics_need_no_token(client: httpx.AsyncClient) -> None:
    del client.headers["Authorization"]
    assert (await client.get("/health/live")).json() == {"status": "ok"}
    assert (await client.get("/health/ready")).json() == {"status": "ok", "missing": []}
    metrics = await client.get("/metrics")
    assert metrics.status_code == 200
    assert "# HELP http_requests_total" in metrics.text


@pytest.mark.parametrize(
    "sent", [b"GET / HTTP/1.1\r\nHost: a\r\nIf-Match: \x1f\x00\r\n\r\n", b"\x16\x03\x01 no HTTP at all\r\n\r\n"]
)
async def test_what_is_no_http_is_told_so_and_cut_off(sent: bytes) -> None:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        port = await serve(tasks, FastAPI(), "127.0.0.1", 0, stop)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        head, _, body = (await asyncio.wait_for(reader.read(), 5)).partition(b"\r\n\r\n")
        writer.close()
        stop.set()
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ") for line in lines)
    assert status == "HTTP/1.1 400 Bad Request"
    assert int(headers["content-length"]) == len(body)
    answer = httpx.Response(int(status.split()[1]), headers=headers, content=body)
    assert problem_of(answer, 400, "malformed_request")["detail"]
