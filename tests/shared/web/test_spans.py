"""Requests as spans: those that are answered, and those that are made for somebody."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry.trace import SpanKind, StatusCode

from shared.db.tenancy import Scope
from shared.errors import Unavailable
from shared.service_client import ServiceClient
from shared.web.server import serve
from tests.support.identity import SIGNER
from tests.support.spans import Spans, id_of, parent_of

TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLER = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The probe's door on loopback."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        port = await serve(tasks, app, "127.0.0.1", 0, stop)
        yield f"http://127.0.0.1:{port}"
        stop.set()


async def test_who_is_asked_for_somebody_goes_on_in_the_same_trace(served: str, org_id: UUID, spans: Spans) -> None:
    asker = ServiceClient("probe", served, SIGNER, name="listener", scopes=frozenset({"things:read"}))
    async with asker:
        answer = await asker.get_json("/api/v1/things?limit=1", Scope(org_id, traceparent=CALLER))
    assert answer == {"items": [], "next_cursor": None}
    [asked] = [span for span in spans.named("GET") if span.kind is SpanKind.CLIENT]
    [answered] = [span for span in spans.named("GET") if span.kind is SpanKind.SERVER]
    assert spans.trace_ids == {TRACE}
    assert parent_of(answered) == id_of(asked)
    assert answered.name == "GET /api/v1/things"
    host, port = served.removeprefix("http://").split(":")
    assert dict(asked.attributes or {}) == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "url.full": f"{served}/api/v1/things",
        "server.address": host,
        "server.port": int(port),
    }
    assert {"server.address": host, "server.port": int(port)}.items() <= (answered.attributes or {}).items()
    assert asked.resource.attributes["service.name"] == "ficha-listener"


async def test_a_neighbour_that_is_away_is_an_error_of_its_span(org_id: UUID, spans: Spans) -> None:
    async with ServiceClient("probe", "http://127.0.0.1:9", SIGNER, name="listener", scopes=frozenset()) as asker:
        with pytest.raises(Unavailable):
            await asker.get_json("/api/v1/things", Scope(org_id, traceparent=CALLER))
    [asked] = spans.named("GET")
    assert asked.status.status_code is StatusCode.ERROR
    assert (asked.attributes or {})["error.type"] == "ClientConnectorError"


@pytest.mark.parametrize(
    ("method", "path", "status", "name", "wrong"),
    [
        ("GET", "/api/v1/things/8f7e3a52-0000-7000-8000-000000000000", 404, "GET /api/v1/things/{thing_id}", None),
        ("POST", "/api/v1/things/asked/bug", 500, "POST /api/v1/things/asked/{kind}", "500"),
        ("GET", "/nowhere", 404, "GET", None),
        ("BREW", "/nowhere", 404, "HTTP", None),
    ],
)
async def test_only_a_fault_of_ours_is_an_error(
    client: httpx.AsyncClient, spans: Spans, method: str, path: str, status: int, name: str, wrong: str | None
) -> None:
    answer = await client.request(method, path)
    assert answer.status_code == status
    [span] = spans.named("")
    assert span.name == name
    attributes = span.attributes or {}
    assert attributes["http.response.status_code"] == status
    assert attributes["http.request.method"] == ("_OTHER" if method == "BREW" else method)
    assert attributes.get("error.type") == wrong
    assert (span.status.status_code is StatusCode.ERROR) == bool(wrong)


async def test_probes_leave_no_span(client: httpx.AsyncClient, spans: Spans) -> None:
    for path in ("/health/live", "/health/ready", "/metrics"):
        assert (await client.get(path)).status_code == 200
    assert len(spans) == 0


async def test_what_a_caller_calls_a_trace_is_taken_only_when_it_is_one(
    client: httpx.AsyncClient, spans: Spans
) -> None:
    for wrong in (f"00-{'0' * 32}-{'1' * 16}-01", f"00-{'1' * 32}-{'0' * 16}-01", "00-1-1-01"):
        answer = await client.get("/api/v1/whoami", headers={"traceparent": wrong})
        assert answer.headers["traceparent"].split("-")[1] != wrong.split("-")[1]
    assert [parent_of(span) for span in spans.named("GET")] == [None] * 3
