"""The lean client, against servers that answer byte by byte as told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from gateway.wire import Wire, WireBroken
from tests.support.waiting import until

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Counts connections and keeps what was asked."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.connections = 0
        self.asked: list[bytes] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """`None` closes the connection; an answer is followed by the next on the same one."""
        self.connections += 1
        try:
            while self.answers:
                request = await reader.readuntil(b"\r\n\r\n")
                answer = self.answers.pop(0)
                self.asked.append(request)
                if answer is None:
                    return
                for at in range(0, len(answer), 7):
                    writer.write(answer[at : at + 7])
                    await writer.drain()
                if b"Connection: close" in answer or b"Content-Length: 99" in answer:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def talking(*answers: bytes | None) -> AsyncIterator[tuple[Wire, Server]]:
    server = Server(*answers)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    wire = Wire(f"http://127.0.0.1:{server.port}/base")
    try:
        yield wire, server
    finally:
        wire.close()
        listening.close()
        await listening.wait_closed()


async def test_one_connection_serves_one_question_after_another() -> None:
    async with talking(OK, OK, OK) as (wire, server):
        for _ in range(3):
            assert await wire.get("/x?y=1", {"X-Request-ID": "r1"}) == (200, b"hi")
        assert server.connections == 1
        assert server.asked[0].startswith(b"GET /base/x?y=1 HTTP/1.1\r\nHost: 127.0.0.1:")
        assert b"\r\nX-Request-ID: r1\r\n" in server.asked[0]


async def test_an_answer_in_chunks_is_put_together() -> None:
    head = b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunked = head + b"2\r\nhi\r\n4\r\n you\r\n0\r\n\r\n"
    async with talking(chunked, OK) as (wire, server):
        assert await wire.get("/", {}) == (404, b"hi you")
        assert await wire.get("/", {}) == (200, b"hi")
        assert server.connections == 1


async def test_a_connection_closed_while_unused_is_replaced_without_a_word() -> None:
    """The service closes just as the next question is on its way."""
    async with talking(OK, None, OK) as (wire, server):
        assert await wire.get("/", {}) == (200, b"hi")
        assert await wire.get("/", {}) == (200, b"hi")
        assert server.connections == 2


async def test_a_service_that_says_it_will_close_is_believed() -> None:
    closing = OK.replace(b"Content-Length", b"Connection: close\r\nContent-Length")
    async with talking(closing, OK) as (wire, server):
        assert [await wire.get("/", {}) for _ in range(2)] == [(200, b"hi")] * 2
        assert server.connections == 2


@pytest.mark.parametrize("answer", [None, b"nonsense\r\n\r\n", OK.replace(b"Length: 2", b"Length: 99")])
async def test_what_is_no_whole_answer_is_broken(answer: bytes | None) -> None:
    async with talking(answer) as (wire, _):
        with pytest.raises(WireBroken):
            await wire.get("/", {})


async def test_nobody_listening_is_broken() -> None:
    async with talking() as (_, server):
        port = server.port
    with pytest.raises(WireBroken):
        await Wire(f"http://127.0.0.1:{port}").get("/", {})


async def test_giving_up_closes_the_connection() -> None:
    gone = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.read()
        except ConnectionError:
            pass
        finally:
            gone.set()
            writer.close()

    listening = await asyncio.start_server(silent, "127.0.0.1", 0)
    wire = Wire(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(wire.get("/", {}), 0.05)

    async def noticed() -> bool:
        return gone.is_set()

    await until(noticed, within=5)
    listening.close()
    await listening.wait_closed()
