"""The proxy that stands for a bad network: each fault is what it says, seen from both ends."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.support.tcp_proxy import TcpProxy, Way, tcp_proxy
from tests.support.waiting import until


class Echo:
    """A server that answers what it hears, and notes how its connections end."""

    def __init__(self) -> None:
        self.port = 0
        self.heard = b""
        self.ends: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                self.heard += data
                writer.write(data)
                await writer.drain()
            self.ends.append("closed")
        except ConnectionResetError:
            self.ends.append("reset")
        finally:
            writer.close()

    async def has_heard(self, data: bytes) -> None:
        async def heard() -> bool:
            return self.heard.endswith(data)

        await until(heard, what=f"{data!r} at the server")

    async def has_seen_the_end(self) -> None:
        async def seen() -> bool:
            return bool(self.ends)

        await until(seen, what="the end at the server")


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def hear(self, count: int) -> bytes:
        return await asyncio.wait_for(self.reader.readexactly(count), 5)

    async def hears_nothing(self, *, within: float = 0.1) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(self.reader.readexactly(1), within)


Connect = Callable[[TcpProxy], Awaitable[Client]]


@pytest.fixture
async def echo() -> AsyncIterator[Echo]:
    made = Echo()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()


@pytest.fixture
async def proxy(echo: Echo) -> AsyncIterator[TcpProxy]:
    async with tcp_proxy(echo.port) as made:
        yield made


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    made: list[Client] = []

    async def connect(proxy: TcpProxy) -> Client:
        client = Client(*await asyncio.open_connection("127.0.0.1", proxy.port))
        made.append(client)
        return client

    yield connect
    for client in made:
        client.writer.transport.abort()
        with contextlib.suppress(OSError):
            await client.writer.wait_closed()


async def test_bytes_and_ends_pass_both_ways(proxy: TcpProxy, connect: Connect, echo: Echo) -> None:
    client = await connect(proxy)
    large = bytes(range(256)) * 20_000
    saying = asyncio.create_task(client.say(large))
    assert await client.hear(len(large)) == large
    await saying
    assert (proxy.accepted, proxy.links, proxy.broken) == (1, 1, 0)
    client.writer.close()
    await echo.has_seen_the_end()
    assert echo.ends == ["closed"]

    async def left() -> bool:
        return proxy.links == 0

    await until(left)


async def test_what_was_held_arrives_whole_once_it_is_healed(proxy: TcpProxy, connect: Connect, echo: Echo) -> None:
    client = await connect(proxy)
    proxy.hold()
    late = await connect(proxy)
    await client.say(b"one")
    await late.say(b"two")
    await client.hears_nothing()
    assert echo.heard == b""
    await proxy.heal()
    assert await client.hear(3) == b"one"
    assert await late.hear(3) == b"two"


async def test_one_way_can_be_held_alone(proxy: TcpProxy, connect: Connect, echo: Echo) -> None:
    client = await connect(proxy)
    proxy.hold(Way.TO_CLIENT)
    await client.say(b"one")
    await echo.has_heard(b"one")
    await client.hears_nothing()
    await proxy.heal()
    assert await client.hear(3) == b"one"


async def test_what_was_swallowed_is_gone_and_its_connection_with_it(
    proxy: TcpProxy, connect: Connect, echo: Echo
) -> None:
    client = await connect(proxy)
    proxy.swallow()
    await client.say(b"one")
    await client.hears_nothing()
    await proxy.heal()
    await client.say(b"two")
    await client.hears_nothing()
    assert echo.heard == b""
    fresh = await connect(proxy)
    await fresh.say(b"three")
    assert await fresh.hear(5) == b"three"
    client.writer.close()
    await fresh.hears_nothing()
    assert echo.ends == [], "a black hole takes the end of a connection too"


async def test_a_half_open_connection_speaks_one_way_only(proxy: TcpProxy, connect: Connect, echo: Echo) -> None:
    client = await connect(proxy)
    proxy.swallow(Way.TO_CLIENT)
    await client.say(b"one")
    await echo.has_heard(b"one")
    await client.hears_nothing()
    client.writer.close()
    await echo.has_seen_the_end()


async def test_latency_is_paid_each_way_and_keeps_the_order(proxy: TcpProxy, connect: Connect) -> None:
    client = await connect(proxy)
    proxy.delay(0.1)
    began = time.monotonic()
    for word in (b"one", b"two", b"six"):
        await client.say(word)
    assert await client.hear(9) == b"onetwosix"
    assert 0.2 <= time.monotonic() - began < 1, "latency is no limit of the rate"
    await proxy.heal()
    began = time.monotonic()
    await client.say(b"now")
    await client.hear(3)
    assert time.monotonic() - began < 0.1


async def test_a_reset_reaches_both_ends_as_a_reset(proxy: TcpProxy, connect: Connect, echo: Echo) -> None:
    client = await connect(proxy)
    await client.say(b"one")
    await client.hear(3)
    proxy.reset()
    with pytest.raises(ConnectionResetError):
        await client.hear(1)
    await echo.has_seen_the_end()
    assert echo.ends == ["reset"]
    assert (proxy.links, proxy.broken) == (0, 1)


async def test_a_connection_is_cut_after_just_so_many_bytes(proxy: TcpProxy, connect: Connect, echo: Echo) -> None:
    old = await connect(proxy)
    await old.say(b"one")
    await old.hear(3)
    proxy.cut_after(5, Way.TO_SERVER)
    young = await connect(proxy)
    for client in (old, young):
        await client.say(b"12345678")
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await client.hear(8)
    assert echo.heard == b"one" + b"12345" * 2
    assert proxy.broken == 2
    await proxy.heal()
    healed = await connect(proxy)
    await healed.say(b"12345678")
    assert await healed.hear(8) == b"12345678"


async def test_refusing_turns_new_connections_away_and_leaves_the_old(proxy: TcpProxy, connect: Connect) -> None:
    old = await connect(proxy)
    await old.say(b"one")
    await old.hear(3)
    proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        await connect(proxy)
    await old.say(b"two")
    assert await old.hear(3) == b"two"
    port = proxy.port
    await proxy.heal()
    assert proxy.port == port
    fresh = await connect(proxy)
    await fresh.say(b"three")
    assert await fresh.hear(5) == b"three"


async def test_a_server_that_is_away_shows_as_a_connection_that_ends(
    proxy: TcpProxy, connect: Connect, echo: Echo
) -> None:
    async with tcp_proxy(1) as nowhere:
        client = await connect(nowhere)
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await client.hear(1)


async def test_a_sender_feels_a_connection_that_is_held(proxy: TcpProxy, connect: Connect) -> None:
    client = await connect(proxy)
    proxy.hold()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.say(bytes(64_000_000)), 0.5)
