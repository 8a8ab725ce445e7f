"""What a connection may cost before anybody knows whose it is: over real sockets, with the clock put forward."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network

import pytest
from starlette.types import Receive, Scope, Send

from shared.web.protocol import MOST_HEAD_BYTES, MOST_HEADERS, MOST_TARGET_BYTES, Door, Limits
from shared.web.server import serve
from tests.support.waiting import until

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n"


@dataclass
class App:
    """Answers with what it was asked, once it has all of it; `/large` with more than any buffer takes."""

    scopes: list[Scope] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for step in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{step}.complete"})
            return
        self.scopes.append(scope)
        received = b""
        while scope["path"] != "/refuse":
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            received += message["body"]
            if not message["more_body"]:
                break
        if scope["path"] == "/held":
            await self.open.wait()
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        said = {"path": scope["path"], "headers": headers, "body": len(received), "client": scope["client"][0]}
        answer = json.dumps(said).encode() if scope["path"] != "/large" else b"x" * 50_000_000
        length = str(len(answer)).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        await send({"type": "http.response.body", "body": answer})


@dataclass
class Served:
    app: App
    door: Door
    port: int

    @asynccontextmanager
    async def connected(self, **options: int) -> AsyncIterator["Connection"]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, **options)
        try:
            yield Connection(reader, writer)
        finally:
            writer.close()

    def later(self, seconds: float) -> None:
        self.door.look(asyncio.get_running_loop().time() + seconds)

    async def reached(self, condition: Callable[[], bool]) -> None:
        async def it_is() -> bool:
            return condition()

        await until(it_is)


@dataclass
class Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)
        status, *lines = head.decode().removesuffix("\r\n\r\n").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        return int(status.split()[1]), headers, await self.reader.readexactly(int(headers["content-length"]))

    async def problem(self) -> tuple[int, str]:
        """The last answer of this connection, which ends with it."""
        status, headers, body = await self.answer()
        assert headers["content-type"] == "application/problem+json"
        assert headers["connection"] == "close"
        assert await asyncio.wait_for(self.reader.read(), 10) == b""
        return status, json.loads(body)["code"]


@asynccontextmanager
async def served(**limits: object) -> AsyncIterator[Served]:
    app, stop = App(), asyncio.Event()
    door = Door(Limits(**limits))  # type: ignore[arg-type]
    async with asyncio.TaskGroup() as tasks:
        port = await serve(tasks, app, "127.0.0.1", 0, stop, door=door)  # type: ignore[arg-type]
        try:
            yield Served(app, door, port)
        finally:
            stop.set()


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[Served]:
    async with served() as it:
        yield it


@pytest.fixture
async def site(running: Served) -> Served:
    await running.reached(lambda: not running.door.connections)
    running.app.scopes.clear()
    return running


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (HEAD + b"A: " + b"a" * MOST_HEAD_BYTES + b"\r\n\r\n", 431, "headers_too_large"),
        (HEAD + b"A: " + b"a" * 5_000_000, 431, "headers_too_large"),
        (HEAD + b"a" * 5_000_000, 431, "headers_too_large"),
        (HEAD + b"A: a\r\n" * MOST_HEADERS + b"\r\n", 431, "headers_too_large"),
        (HEAD + b"A: aaaa\r\n" * 1_000_000, 431, "headers_too_large"),
        (b"\r\n" * 1_000_000, 431, "headers_too_large"),
        (b"GET /" + b"a" * MOST_TARGET_BYTES + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414, "target_too_long"),
        (b"GET /?" + b"a" * 5_000_000, 414, "target_too_long"),
        (b"A" * 5_000_000, 400, "malformed_request"),
        (CHUNKED + b"\r\n1;" + b"a" * 5_000_000, 431, "headers_too_large"),
        (CHUNKED + b"\r\n1\r\na\r\n0\r\nA: " + b"a" * 5_000_000, 431, "headers_too_large"),
        (CHUNKED + b"\r\n1\r\na\r\n0\r\n" + b"A: aaaa\r\n" * 1_000_000, 431, "headers_too_large"),
        (CHUNKED + b"\r\nxyz\r\n", 400, "malformed_request"),
        (CHUNKED + b"\r\nffffffffffffffffff\r\n", 400, "malformed_request"),
        (CHUNKED + b"Content-Length: 3\r\n\r\nabc", 400, "malformed_request"),
        (POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400, "malformed_request"),
        (POST + b"Content-Length: -3\r\n\r\nabc", 400, "malformed_request"),
        (POST + b"Content-Length: 3, 3\r\n\r\nabc", 400, "malformed_request"),
        (POST + b"Transfer-Encoding: gzip, chunked, gzip\r\n\r\nabc", 400, "malformed_request"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "malformed_host"),
        (HEAD + b"Host: a\r\n\r\n", 400, "malformed_host"),
        (HEAD + b"host: b\r\n\r\n", 400, "malformed_host"),
        (b"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, "malformed_host"),
        (b"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400, "malformed_host"),
        (b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "malformed_host"),
        (b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400, "malformed_host"),
        (b"GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400, "malformed_host"),
        (HEAD + b"A: caf\xc3\xa9\r\n\r\n", 400, "malformed_header"),
        (HEAD + b"A: \xff\r\n\r\n", 400, "malformed_header"),
        (HEAD + b"A: a\x00b\r\n\r\n", 400, "malformed_request"),
        (HEAD + b"A: a\x1bb\r\n\r\n", 400, "malformed_request"),
        (HEAD + b"A: a\x7fb\r\n\r\n", 400, "malformed_request"),
        (HEAD + b"A: a\rb\r\n\r\n", 400, "malformed_request"),
        (HEAD + b"A: a\r\n b\r\n\r\n", 400, "malformed_request"),
        (HEAD + b"A : a\r\n\r\n", 400, "malformed_request"),
        (HEAD + b"A(: a\r\n\r\n", 400, "malformed_request"),
        (HEAD + b": a\r\n\r\n", 400, "malformed_request"),
        (b"GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_target"),
        (b"GET /a%0d%0ab HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_target"),
        (b"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_target"),
        (b"GET /% HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_target"),
        (b"GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_target"),
        (b"GET /%c0%af HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_target"),
        (b"GET /?q=%ff HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_target"),
        (b"GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_target"),
        (b"GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_request"),
        (b"GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_target"),
        (b"GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_target"),
        (b"GET http:/// HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_target"),
        (b"GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_target"),
        (b"GET http://u:p@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_target"),
        (b"GET http://a/ HTTP/1.1\r\n\r\n", 400, "malformed_host"),
        (b"GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "malformed_host"),
        (b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_request"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "malformed_request"),
        (b"\x16\x03\x01\x02\x00\x01", 400, "malformed_request"),
    ],
    ids=lambda value: value[:60].decode("ascii", "replace") if isinstance(value, bytes) else None,
)
async def test_what_is_too_much_or_no_http_is_refused(site: Served, sent: bytes, status: int, code: str) -> None:
    async with site.connected() as connection:
        connection.writer.write(sent)
        assert await connection.problem() == (status, code)
    assert not site.app.scopes or sent.startswith(CHUNKED), "only who said so in time has been let in"


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        (HEAD + b"\r\n", "/"),
        (b"GET / HTTP/1.0\r\n\r\n", "/"),
        (b"GET /a%20%C3%B1%2Fb?q=100% HTTP/1.1\r\nHost: [::1]:8000\r\n\r\n", "/a ñ/b"),
        (b"GET //a//b/../c HTTP/1.1\r\nHost: a.b-c_d:80\r\n\r\n", "//a//b/../c"),
        (b"GET /" + b"a" * (MOST_TARGET_BYTES - 1) + b" HTTP/1.1\r\nHost: a\r\n\r\n", "/" + "a" * 8191),
        (HEAD + b"A: a\r\n" * (MOST_HEADERS - 1) + b"\r\n", "/"),
        (HEAD + b"A: \t a ~\t\r\n\r\n", "/"),
        (HEAD + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n", "/"),
    ],
)
async def test_what_is_unusual_but_right_is_answered(site: Served, sent: bytes, path: str) -> None:
    async with site.connected() as connection:
        await connection.send(sent)
        status, _, body = await connection.answer()
        assert (status, json.loads(body)["path"]) == (200, path)


async def test_the_host_of_an_absolute_address_goes_before_the_headers(site: Served) -> None:
    async with site.connected() as connection:
        await connection.send(b"GET http://b:81/x?y HTTP/1.1\r\nHost: a\r\n\r\n")
        said = json.loads((await connection.answer())[2])
        assert (said["path"], said["headers"]["host"]) == ("/x", "b:81")
        await connection.send(b"GET HTTP://[::1]:81/ HTTP/1.1\r\nHost: a\r\n\r\n")
        assert json.loads((await connection.answer())[2])["headers"]["host"] == "[::1]:81"
        await connection.send(b"GET http://b HTTP/1.1\r\nHost: a\r\n\r\n")
        assert json.loads((await connection.answer())[2])["path"] == "/"


async def test_a_trailer_never_becomes_a_header(site: Served) -> None:
    async with site.connected() as connection:
        await connection.send(
            CHUNKED + b"Trailer: Authorization\r\n\r\n3\r\nabc\r\n0\r\nAuthorization: a\r\nB: b\r\n\r\n"
        )
        said = json.loads((await connection.answer())[2])
        assert (said["body"], set(said["headers"])) == (3, {"host", "transfer-encoding", "trailer"})
        await connection.send(HEAD + b"\r\n")
        assert (await connection.answer())[0] == 200, "and the connection goes on"


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        (b"", False),
        (b"\r\n", True),
        (b"GET / HT", True),
        (HEAD, True),
        (HEAD + b"A: a", True),
        (POST + b"Content-Length: 9\r\n\r\n", True),
        (POST + b"Content-Length: 9\r\n\r\nabc", True),
        (CHUNKED + b"\r\n3\r\nab", True),
    ],
)
async def test_who_begins_and_does_not_end_is_told_and_let_go(site: Served, sent: bytes, answered: bool) -> None:
    async with site.connected() as connection:
        await connection.send(sent)
        await site.reached(lambda: any(c._read or c._asked or not sent for c in site.door.connections))
        site.later(29)
        assert not connection.reader.at_eof()
        site.later(31)
        if answered:
            assert await connection.problem() == (408, "request_timeout")
        else:
            assert await asyncio.wait_for(connection.reader.read(), 10) == b""
    await site.reached(lambda: not site.door.connections)


async def test_dripping_a_head_does_not_lengthen_its_time(site: Served) -> None:
    async with site.connected() as connection:
        await connection.send(HEAD + b"\r\n")
        await connection.answer()
        [it] = site.door.connections
        await connection.send(b"\r\n")
        await site.reached(lambda: it._state == "head")
        began = it._until
        for part in (b"GET / HTTP/1.1\r\n", b"Host: a\r\n"):
            await connection.send(part)
            await site.reached(lambda: it._read > 0)
            assert it._until == began
        site.later(31)
        assert await connection.problem() == (408, "request_timeout")


async def test_an_idle_connection_has_its_own_time(site: Served) -> None:
    async with site.connected() as connection:
        await connection.send(HEAD + b"\r\n")
        await connection.answer()
        site.later(74)
        assert not connection.reader.at_eof()
        site.later(76)
        assert await asyncio.wait_for(connection.reader.read(), 10) == b""


async def test_a_body_has_to_come_at_its_rate_and_no_faster(site: Served) -> None:
    async with site.connected() as connection:
        await connection.send(POST + b"Content-Length: 1000000\r\n\r\n")
        await site.reached(lambda: bool(site.app.scopes))
        [it] = site.door.connections
        for _ in range(10):  # Ten times the patience, at the least rate: a slow line uploads what it wants.
            it._until -= 29
            await connection.send(b"x" * 29 * 1024)
            await site.reached(lambda: it._until > asyncio.get_running_loop().time() + 28)
            site.later(0)
        it._until -= 29
        await connection.send(b"x" * 2048)
        await site.reached(lambda: it._until > asyncio.get_running_loop().time() + 2.5)
        site.later(4)
        assert await connection.problem() == (408, "request_timeout")


async def test_who_does_not_read_a_large_answer_is_cut_off(site: Served) -> None:
    async with site.connected(limit=1024) as connection:
        await connection.send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        await site.reached(lambda: any(c.flow.write_paused for c in site.door.connections))
        site.later(0)
        site.later(29)
        assert site.door.connections
        site.later(31)
        await site.reached(lambda: not site.door.connections)


async def test_who_reads_slowly_but_steadily_gets_all(site: Served) -> None:
    async with site.connected() as connection:
        await connection.send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        await connection.reader.readuntil(b"\r\n\r\n")
        for read in range(5):
            await asyncio.wait_for(connection.reader.readexactly(10_000_000), 10)
            site.later(31 * read)


async def test_what_our_own_work_takes_is_nobodys_fault(site: Served) -> None:
    site.app.open.clear()
    async with site.connected() as connection:
        await connection.send(b"GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
        await site.reached(lambda: bool(site.app.scopes))
        site.later(3600)
        site.app.open.set()
        assert (await connection.answer())[0] == 200


async def test_what_nobody_reads_any_more_has_an_end(site: Served) -> None:
    async with site.connected() as connection:
        await connection.send(b"POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\nabc")
        assert (await connection.answer())[0] == 200
        await connection.send(b"x" * 1_000_000)
        site.later(31)
        await site.reached(lambda: not site.door.connections)


async def test_an_answer_that_was_asked_for_comes_before_what_is_refused(site: Served) -> None:
    site.app.open.clear()
    async with site.connected() as connection:
        await connection.send(b"GET /held HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/9\r\n\r\n")
        await site.reached(lambda: any(c._refused for c in site.door.connections))
        site.later(3600)
        site.app.open.set()
        status, headers, _ = await connection.answer()
        assert (status, headers["connection"]) == (200, "close")
        assert await asyncio.wait_for(connection.reader.read(), 10) == b""


async def test_requests_wait_in_line_but_not_any_number_of_them(site: Served) -> None:
    site.app.open.clear()
    async with site.connected() as connection:
        await connection.send(b"GET /held HTTP/1.1\r\nHost: a\r\n\r\n" * 1000)
        await site.reached(lambda: any(c._refused for c in site.door.connections))
        site.app.open.set()
        for _ in range(17):
            status, headers, _ = await connection.answer()
            assert status == 200
        assert headers["connection"] == "close"
        assert await asyncio.wait_for(connection.reader.read(), 10) == b""


async def test_an_address_has_so_many_connections_and_gets_them_back() -> None:
    async with served(connections_per_address=2) as site:
        async with site.connected() as one, site.connected() as two, site.connected() as three:
            assert await three.problem() == (429, "too_many_connections")
            for connection in (one, two):
                await connection.send(HEAD + b"\r\n")
                assert (await connection.answer())[0] == 200
        await site.reached(lambda: not site.door.connections)
        async with site.connected() as connection:
            await connection.send(HEAD + b"\r\n")
            assert (await connection.answer())[0] == 200


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ([], "127.0.0.1"),
        (["6.6.6.6"], "6.6.6.6"),
        (["6.6.6.6, 7.7.7.7"], "7.7.7.7"),
        (["6.6.6.6", "7.7.7.7"], "7.7.7.7"),
        (["6.6.6.6, 7.7.7.7, 10.1.2.3"], "7.7.7.7"),
        (["6.6.6.6, 7.7.7.7:1234"], "7.7.7.7"),
        (["2001:db8::1"], "2001:db8::1"),
        (["10.1.2.3, 127.0.0.1"], "10.1.2.3"),
    ],
)
async def test_a_trusted_proxy_says_whose_request_it_brings_as_it_saw_it(forwarded: list[str], client: str) -> None:
    lines = b"".join(b"X-Forwarded-For: %b\r\n" % value.encode() for value in forwarded)
    proxies = [ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8")]
    async with served(proxies=proxies, connections_per_address=1) as site, site.connected(), site.connected() as it:
        await it.send(HEAD + lines + b"\r\n")
        assert json.loads((await it.answer())[2])["client"] == client


@pytest.mark.parametrize("proxies", [[], [ip_network("10.0.0.0/8")]])
async def test_nobody_else_is_believed(proxies: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    async with served(proxies=proxies) as site, site.connected() as it:
        await it.send(HEAD + b"X-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\n\r\n")
        assert json.loads((await it.answer())[2])["client"] == "127.0.0.1"


def test_addresses_of_one_host_are_counted_together() -> None:
    door = Door(Limits(proxies=[ip_network("10.0.0.0/8"), ip_network("2001:db8:1::/48")]))
    assert door.counted("192.0.2.1") != door.counted("192.0.2.2")
    assert door.counted("2001:db8::1") == door.counted("2001:db8::ffff:1")
    assert door.counted("2001:db8::1") != door.counted("2001:db8:0:1::1")
    assert [door.counted(proxy) for proxy in ("10.1.2.3", "2001:db8:1::7", "")] == [None, None, None]
