"""Bodies pass through as streams, and whoever leaves is noticed on the other side."""

import asyncio
import resource
import socket
import time
from collections.abc import AsyncIterator

import httpx
import psutil
import pytest

from gateway.main import create_app
from shared.db.session import Database
from tests.gateway.conftest import Person, log_in, settings_for
from tests.gateway.peers import Peer, serving
from tests.support.waiting import until

MEGABYTE = 1024 * 1024


async def pieces(total: int) -> AsyncIterator[bytes]:
    piece = b"y" * 65536
    for _ in range(total // len(piece)):
        yield piece


@pytest.mark.parametrize("sized", [True, False])
async def test_a_hundred_megabytes_go_up_without_being_held(
    client: httpx.AsyncClient, peers: dict[str, Peer], sized: bool
) -> None:
    """The client, the gateway and the service are one process here: none of them may hold it."""
    total = 100 * MEGABYTE
    headers = {"Content-Length": str(total)} if sized else {}
    await client.put("/api/v1/contacts/7/files/upload", content=pieces(MEGABYTE))
    peers["files"].reset()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = await client.put("/api/v1/contacts/7/files/upload", content=pieces(total), headers=headers, timeout=60)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert answer.json() == {"received": total}
    [(_, sent, _)] = peers["files"].seen
    assert sent.get("content-length") == (str(total) if sized else None)
    assert grown < 20, f"{grown:.0f} MB more"


async def test_a_hundred_megabytes_come_down_without_being_held(client: httpx.AsyncClient) -> None:
    total, received = 100 * MEGABYTE, 0
    before = psutil.Process().memory_info().rss
    async with client.stream("GET", f"/api/v1/contacts/7/files/download?size={total}", timeout=60) as answer:
        assert answer.headers["etag"] == '"7"'
        assert "set-cookie" not in answer.headers
        async for chunk in answer.aiter_bytes():
            received += len(chunk)
    assert received == total
    assert psutil.Process().memory_info().rss - before < 30 * MEGABYTE


async def test_a_service_may_refuse_before_it_has_all(client: httpx.AsyncClient) -> None:
    answer = await client.put("/api/v1/contacts/7/files/refuse", content=pieces(50 * MEGABYTE), timeout=30)
    assert (answer.status_code, answer.json()) == (413, {"code": "too_large"})
    assert (await client.get("/api/v1/files")).status_code == 200


@pytest.mark.parametrize("sized", [True, False])
async def test_what_is_no_file_has_a_limit(client: httpx.AsyncClient, sized: bool) -> None:
    total = 3 * MEGABYTE
    headers = {"Content-Length": str(total)} if sized else {}
    answer = await client.post("/api/v1/notes", content=pieces(total), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "gateway.body_too_large")
    login = await client.post("/api/v1/session", content=pieces(total), headers=headers)
    assert login.status_code == (413 if sized else 411)


async def test_a_client_that_leaves_during_its_upload_ends_it_at_the_service(
    client: httpx.AsyncClient, peers: dict[str, Peer]
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"z" * 1024
            await asyncio.sleep(0.01)

    async def arrived() -> bool:
        return peers["files"].received > 0

    upload = asyncio.create_task(client.put("/api/v1/contacts/7/files/upload", content=endless()))
    await until(arrived)
    upload.cancel()
    await asyncio.wait_for(peers["files"].left.wait(), 5)


async def test_a_client_that_leaves_during_the_answer_ends_it_at_the_service(
    client: httpx.AsyncClient, peers: dict[str, Peer]
) -> None:
    async with client.stream("GET", "/api/v1/contacts/7/files/download?endless=true") as answer:
        await anext(answer.aiter_bytes())
    await asyncio.wait_for(peers["files"].left.wait(), 5)


async def test_a_client_that_will_not_wait_frees_the_service(client: httpx.AsyncClient, peers: dict[str, Peer]) -> None:
    peers["crm"].mode = "hang"
    with pytest.raises(httpx.ReadTimeout):
        await client.get("/api/v1/notes", timeout=0.2)
    await asyncio.wait_for(peers["crm"].left.wait(), 5)


async def test_a_hung_service_is_given_up(client: httpx.AsyncClient, peers: dict[str, Peer]) -> None:
    peers["crm"].mode = "hang"
    started = time.monotonic()
    answer = await client.get("/api/v1/notes")
    assert (answer.status_code, answer.json()["code"]) == (504, "gateway.service_too_slow")
    assert "crm" in answer.json()["detail"]
    assert 0.9 < time.monotonic() - started < 2
    assert peers["crm"].left.is_set()


async def test_an_answer_that_breaks_off_is_not_taken_for_whole(client: httpx.AsyncClient) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await client.get("/api/v1/contacts/7/files/broken", timeout=10)


async def test_a_dead_service_is_named_and_the_gateway_stays_ready(
    peers: dict[str, Peer], database: Database, admin: Person
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{unused.getsockname()[1]}"
        app = create_app(settings_for(peers, crm_url=dead), database)
        async with serving(app, app.state.settings.port) as url, httpx.AsyncClient(base_url=url) as client:
            await log_in(client, admin)
            answer = await client.get("/api/v1/notes")
            assert (answer.status_code, answer.json()["code"]) == (503, "gateway.service_unavailable")
            assert "crm" in answer.json()["detail"]
            ready = await client.get("/health/ready")
            assert ready.status_code == 200
            assert ready.json() == {"status": "ok", "missing": [], "unreachable": ["crm"]}
            document = (await client.get("/api/v1/openapi.json")).json()
            assert document["x-missing"] == ["crm"]
            assert "/api/v1/contacts" in document["paths"]
