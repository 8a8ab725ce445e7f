"""Small GETs over kept connections, as lean as they can be: a panel makes five, and with aiohttp they cost it most
of its time. What streams, or carries a body, goes through `clients` by aiohttp.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Final, cast
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpResponseParser

_MOST_KEPT: Final = 32
_PORTS: Final = {"http": 80, "https": 443}


class WireBroken(ConnectionError):
    """The connection could not be made, or ended before the whole answer."""


class Wire:
    """The kept connections to one service."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        assert parts.hostname
        self._host = parts.hostname
        self._port = parts.port or _PORTS[parts.scheme]
        self._tls = parts.scheme == "https"
        self._head = f"HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        self._path = parts.path.rstrip("/")
        self._idle: deque[_Connection] = deque()

    async def get(self, target: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Status and body. Raises WireBroken. Whoever limits the time cancels it, which closes the connection."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        request = f"GET {self._path}{target} {self._head}{lines}\r\n".encode("latin-1")
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                try:
                    return await self._exchange(connection, request)
                except WireBroken:
                    if connection.answering:
                        raise
                    # Closed by the other side while unused: the next, or a new one, may do.
        return await self._exchange(await self._connect(), request)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    async def _exchange(self, connection: "_Connection", request: bytes) -> tuple[int, bytes]:
        try:
            answer = await connection.ask(request)
        except BaseException:
            connection.close()
            raise
        if connection.usable and len(self._idle) < _MOST_KEPT:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    async def _connect(self) -> "_Connection":
        loop = asyncio.get_running_loop()
        try:
            _, connection = await loop.create_connection(
                _Connection, self._host, self._port, ssl=True if self._tls else None
            )
        except OSError as error:
            raise WireBroken(str(error)) from error
        return connection


class _Connection(asyncio.Protocol):
    """One question at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser = HttpResponseParser(self)
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._body: list[bytes] = []
        self._keep = True
        self.answering = False

    @property
    def usable(self) -> bool:
        return self._keep and self._transport is not None and not self._transport.is_closing()

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        assert self._transport
        self.answering = False
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        if self._transport:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's are no subclass of it.
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._keep = False
        self._fail(f"closed: {exc!r}")

    def data_received(self, data: bytes) -> None:
        self.answering = True
        try:
            self._parser.feed_data(data)
        except HttpParserError as error:
            self._fail(f"not HTTP: {error!r}")
            self.close()

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:
            return
        self._keep = self._parser.should_keep_alive()
        body, self._body = b"".join(self._body), []
        # A new parser costs less than finding out what an old one may still remember.
        self._parser = HttpResponseParser(self)
        if self._answer and not self._answer.done():
            self._answer.set_result((status, body))

    def _fail(self, why: str) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(WireBroken(why))
