"""A TCP proxy whose faults are switched while it runs: what a network does to a connection, on demand."""

import asyncio
import contextlib
import enum
import socket
import struct
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

_CHUNK = 65_536
_MOST_CHUNKS = 16
"""What the proxy keeps of a stream that is held; then it stops reading, and the sender feels it."""
_LINGER_AND_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER by which close() sends a reset instead of an orderly end."""


class Way(enum.Enum):
    """From whom to whom bytes go."""

    TO_SERVER = enum.auto()
    TO_CLIENT = enum.auto()


class TcpProxy:
    """Between its own `port` and the server's, both on loopback. A fault lasts until `heal`.

    `accepted` and `broken` count the connections taken, and those that a fault reset.
    """

    def __init__(self, server_port: int) -> None:
        self.port = 0
        self.accepted = 0
        self.broken = 0
        self._server_port = server_port
        self._listener: asyncio.Server | None = None
        self._links: set[_Link] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._passes = {way: asyncio.Event() for way in Way}
        self._swallowed: frozenset[Way] = frozenset()
        self._latency = 0.0
        self._cut: tuple[Way, int] | None = None

    @property
    def links(self) -> int:
        """Connections there are now."""
        return len(self._links)

    async def heal(self) -> None:
        """Everything passes again, and what was held goes on its way.

        What was swallowed is gone: a connection that lost bytes stays dead, as one that a firewall forgot.
        """
        self._latency, self._swallowed, self._cut = 0.0, frozenset(), None
        for way in Way:
            self._passes[way].set()
        for link in self._links:
            link.allowed.clear()
        if self._listener is None:
            self._listener = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
            self.port = self._listener.sockets[0].getsockname()[1]

    def delay(self, seconds: float) -> None:
        """Bytes take so long, each way."""
        self._latency = seconds

    def hold(self, *ways: Way) -> None:
        """Bytes go no further, and none is lost: a cable out for a while. Without `ways`, both."""
        for way in ways or Way:
            self._passes[way].clear()

    def swallow(self, *ways: Way) -> None:
        """Bytes vanish, and ends with them: a black hole; one way only: half open. New connections too."""
        self._swallowed = frozenset(ways or Way)
        for link in self._links:
            link.swallowed |= self._swallowed

    def reset(self) -> None:
        """End every connection there is with a reset, at both ends."""
        for link in tuple(self._links):
            self._break(link)

    def cut_after(self, count: int, way: Way) -> None:
        """Reset each connection, old or new, when `count` more bytes have gone this way: in the middle of a frame."""
        self._cut = way, count
        for link in self._links:
            link.allowed[way] = count

    def refuse(self) -> None:
        """Take no new connections. Those there are live on."""
        if self._listener:
            self._listener.close()
            self._listener = None

    async def close(self) -> None:
        """Leave no connection and no task behind."""
        self.refuse()
        self.reset()
        if self._serving:
            await asyncio.wait(self._serving)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        serving = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(serving)
        serving.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        except OSError:
            _reset(writer)
            return
        link = _Link(self._swallowed, dict([self._cut] if self._cut else []))
        self._links.add(link)
        try:
            link.start(
                self._pump(link, Way.TO_SERVER, reader, server_writer),
                self._pump(link, Way.TO_CLIENT, server_reader, writer),
            )
            await link.ended()
        finally:
            self._links.discard(link)
            for end in (writer, server_writer):
                if link.broken:
                    _reset(end)
                end.close()

    async def _pump(self, link: "_Link", way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one way until an end leaves."""
        arrived: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_MOST_CHUNKS)
        receiving = asyncio.create_task(self._receive(reader, arrived))
        try:
            while True:
                due, data = await arrived.get()
                await asyncio.sleep(due - asyncio.get_running_loop().time())
                await self._passes[way].wait()
                if way in link.swallowed:
                    continue
                if not data:
                    return
                passing = data[: link.spend(way, len(data))]
                writer.write(passing)
                await writer.drain()
                if len(passing) < len(data):
                    self._break(link)
        except OSError:
            return
        finally:
            receiving.cancel()

    async def _receive(self, reader: asyncio.StreamReader, arrived: asyncio.Queue[tuple[float, bytes]]) -> None:
        data = b"-"
        while data:
            try:
                data = await reader.read(_CHUNK)
            except OSError:
                data = b""
            await arrived.put((asyncio.get_running_loop().time() + self._latency, data))

    def _break(self, link: "_Link") -> None:
        self.broken += 1
        self._links.discard(link)
        link.break_off()


class _Link:
    """One connection through the proxy, with the faults that are its own. `allowed`: bytes until it is cut."""

    def __init__(self, swallowed: frozenset[Way], allowed: dict[Way, int]) -> None:
        self.swallowed = swallowed
        self.allowed = allowed
        self.broken = False
        self._pumps: list[asyncio.Task[None]] = []

    def start(self, *pumps: Coroutine[None, None, None]) -> None:
        self._pumps = [asyncio.create_task(pump) for pump in pumps]

    async def ended(self) -> None:
        """When one way has ended, both have."""
        await asyncio.wait(self._pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in self._pumps:
            pump.cancel()
        await asyncio.wait(self._pumps)

    def break_off(self) -> None:
        self.broken = True
        for pump in self._pumps:
            pump.cancel()

    def spend(self, way: Way, count: int) -> int:
        """How many of `count` bytes may still pass."""
        if way not in self.allowed:
            return count
        passing = min(count, self.allowed[way])
        self.allowed[way] -= passing
        return passing


@asynccontextmanager
async def tcp_proxy(server_port: int) -> AsyncIterator[TcpProxy]:
    """A proxy where everything passes; it leaves no connection behind."""
    proxy = TcpProxy(server_port)
    await proxy.heal()
    try:
        yield proxy
    finally:
        await proxy.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_AND_RESET)
    writer.transport.abort()
