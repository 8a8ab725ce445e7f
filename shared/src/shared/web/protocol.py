"""HTTP/1.1 as uvicorn speaks it, and what nobody may do to us before we know who it is: send without end, or never.

What is refused here is answered by a problem, like every other error, and ends its connection.
"""

import asyncio
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, Final, cast
from urllib.parse import unquote_to_bytes

from httptools import HttpParserError, parse_url
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from shared.web.problems import problem

MOST_HEAD_BYTES: Final = 64 * 1024
MOST_TARGET_BYTES: Final = 8 * 1024
MOST_HEADERS: Final = 100
_MOST_PIPELINED: Final = 16
_LINGER_SECONDS: Final = 2.0
_HOST: Final = re.compile(rb"(?:[A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_BROKEN_PERCENT: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_CONTROLS: Final = re.compile(rb"[\x00-\x1f\x7f]")
_HOST_ADDRESS_BITS: Final = 64
"""Whoever has one address of IPv6 has all that share its first 64 bits."""

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Limits:
    """`patience` in seconds: a head must be whole by then; bodies and answers must have moved `least_rate` bytes a
    second, averaged over it. `proxies` carry many clients' connections: no limit counts theirs.
    """

    patience: float = 30
    least_rate: int = 1024
    connections_per_address: int = 500
    idle: float = 75
    proxies: Sequence[Network] = ()


class Refused(Exception):
    """Raised inside the parser's callbacks; it ends the connection."""

    def __init__(self, status: int, code: str, title: str, detail: str | None = None) -> None:
        super().__init__(title)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail


@dataclass(slots=True)
class Door:
    """What the connections of one server have in common. `look` at them every second or so."""

    limits: Limits = field(default_factory=Limits)
    connections: "set[Protocol]" = field(default_factory=set)
    _by_address: Counter[str] = field(default_factory=Counter)

    def protocol(self, **given: Any) -> "Protocol":
        """What uvicorn calls for each connection."""
        return Protocol(self, **given)

    def enter(self, connection: "Protocol") -> bool:
        """False when its address has too many already."""
        self.connections.add(connection)
        address = connection.address
        if address is None:
            return True
        self._by_address[address] += 1
        return self._by_address[address] <= self.limits.connections_per_address

    def leave(self, connection: "Protocol") -> None:
        if connection not in self.connections:
            return
        self.connections.discard(connection)
        address = connection.address
        if address is not None:
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]

    def counted(self, host: str) -> str | None:
        """Under what its connections are counted; None for what is not: proxies, and local sockets."""
        try:
            address = ip_address(host)
        except ValueError:
            return None
        if any(address in network for network in self.limits.proxies):
            return None
        return str(ip_network((address, _HOST_ADDRESS_BITS), strict=False)) if address.version == 6 else host

    def look(self, now: float) -> None:
        for connection in tuple(self.connections):
            connection.look(now)


class Protocol(HttpToolsProtocol):
    """One connection. It is in one of four states, told apart by `_state`: `idle` (nothing asked, or all answered),
    `head`, `body`, `asked` (all there; the answer is ours to give).
    """

    def __init__(
        self,
        door: Door,
        config: Any,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._door = door
        self._limits = door.limits
        self.address: str | None = None
        self._state = "head"  # who connects is about to ask
        self._until = 0.0
        self._read = 0
        """Bytes since something was complete: a limit of what the parser keeps, and of what is no body in a body."""
        self._progressed = False
        self._refusal: Refused | None = None
        self._refused = False
        self._asked = False
        self._unsent: tuple[float, int] | None = None

    # What happens to a connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.address = self._door.counted(self.client[0]) if self.client else None
        self._until = self.loop.time() + self._limits.patience
        if not self._door.enter(self):
            self._refuse(Refused(429, "too_many_connections", "Too many connections from one address"))

    def connection_lost(self, exc: Exception | None) -> None:
        self._door.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        if self._state == "idle":
            self._enter("head")
        self._progressed = False
        super().data_received(data)
        if self._progressed or self._refused:
            return
        self._read += len(data)
        if self._read > MOST_HEAD_BYTES:
            self._refuse(_too_large_a_head())

    def look(self, now: float) -> None:
        """Ends what has lasted too long."""
        if self._stalls(now) or (self._refused and now > self._until):
            self.transport.abort()
        elif self._refused or self._state == "asked":
            return
        elif self.flow.read_paused or (self._state == "body" and self.cycle.waiting_for_100_continue):
            self._until = now + self._limits.patience  # it waits for us
        elif now > self._until:
            self._give_up()

    # The parser's callbacks. What they raise reaches `send_400_response`

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._asked = True
        self._progress()
        self._enter("head")

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > MOST_TARGET_BYTES:
            raise self._refusing(
                414, "target_too_long", "The address is too long", f"At most {MOST_TARGET_BYTES:,} bytes."
            )

    def on_header(self, name: bytes, value: bytes) -> None:
        # What comes after the head is a trailer. Whoever went by the headers is past them: it must not become one.
        if self._state == "head":
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._progress()
        self._check_head()
        if len(self.pipeline) >= _MOST_PIPELINED:
            raise self._refusing(429, "too_many_requests", "Too many requests before the first answer")
        self._enter("body")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._progress()
        if not self.cycle.response_complete:
            now = self.loop.time()
            self._until = min(self._until + len(body) / self._limits.least_rate, now + self._limits.patience)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._progress()
        super().on_message_complete()
        self._enter("idle" if self.cycle.response_complete else "asked")

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.cycle.response_complete:
            return  # another waits for its answer
        if self._state == "asked":
            self._enter("idle")
        elif self._state == "body":
            self._until = self.loop.time() + self._limits.patience  # for the rest, which nobody reads any more

    def send_400_response(self, msg: str) -> None:
        """Nothing after such a request can be trusted: the connection ends with it."""
        self._refuse(self._refusal or Refused(400, "malformed_request", "The request is not HTTP", msg))

    def timeout_keep_alive_handler(self) -> None:
        """`look` does that, also for who says something, but nothing whole, in between."""

    # Details

    @property
    def _answering(self) -> bool:
        cycle = cast(RequestResponseCycle | None, self.cycle)  # None before the first request
        return cycle is not None and not cycle.response_complete

    def _enter(self, state: str) -> None:
        if state == self._state == "head":
            return  # It began with its first byte, be that only an empty line.
        self._state = state
        self._until = self.loop.time() + (self._limits.idle if state == "idle" else self._limits.patience)

    def _progress(self) -> None:
        self._progressed = True
        self._read = 0

    def _check_head(self) -> None:
        written = b"".join([part for header in self.headers for part in header])
        if len(written) + 4 * len(self.headers) > MOST_HEAD_BYTES or len(self.headers) > MOST_HEADERS:
            raise self._refusing_with(_too_large_a_head())
        if not written.isascii():
            raise self._refusing(400, "malformed_header", "A header is not valid", "Headers take ASCII only.")
        hosts = [value for name, value in self.headers if name == b"host"]
        if len(hosts) > 1 or (not hosts and self.parser.get_http_version() != "1.0"):
            raise self._refusing(400, "malformed_host", "A request names one host", "Send one Host header.")
        if b"#" in self.url:
            raise self._refusing(400, "malformed_target", "The address is not valid", "Fragments are not sent.")
        if hosts and not _HOST.fullmatch(hosts[0]):
            raise self._refusing(400, "malformed_host", "A request names one host", "Host is a name and a port.")
        if not self.url.startswith(b"/") and self.parser.get_method() != b"CONNECT":
            self._take_absolute_target()
        if b"%" in self.url:
            self._check_percents()

    def _take_absolute_target(self) -> None:
        """`GET http://host/path`, as to a proxy: its host goes before the header's (RFC 9112, 3.2.2)."""
        try:
            target = parse_url(self.url)
        except HttpParserError:
            target = None
        if target is None or not target.host or target.userinfo or target.schema.lower() not in (b"http", b"https"):
            raise self._refusing(400, "malformed_target", "The address is not valid")
        host = b"[%b]" % target.host if b":" in target.host else target.host
        authority = host + (b":%d" % target.port if target.port else b"")
        if not _HOST.fullmatch(authority):
            raise self._refusing(400, "malformed_host", "A request names one host", "Host is a name and a port.")
        self.headers[:] = [header for header in self.headers if header[0] != b"host"] + [(b"host", authority)]
        self.url = (target.path or b"/") + (b"?" + target.query if target.query else b"")

    def _check_percents(self) -> None:
        path, _, query = self.url.partition(b"?")
        decoded = unquote_to_bytes(path)
        if _BROKEN_PERCENT.search(path) or _CONTROLS.search(decoded) or not (_is_text(decoded) and _is_text(query)):
            raise self._refusing(400, "malformed_target", "The address is not valid", "It is no text as encoded.")

    def _refusing(self, status: int, code: str, title: str, detail: str | None = None) -> Refused:
        return self._refusing_with(Refused(status, code, title, detail))

    def _refusing_with(self, refusal: Refused) -> Refused:
        self._refusal = refusal
        return refusal

    def _give_up(self) -> None:
        """Who has sent nothing of a request, or has its answer, waits for none."""
        silent = self._state == "head" and not self._read and not self._asked
        if self._state == "idle" or silent or (self._state == "body" and self.cycle.response_complete):
            self.transport.close()
            self._refused, self._until = True, self.loop.time() + _LINGER_SECONDS
        else:
            self._refuse(Refused(408, "request_timeout", "The request took too long to arrive"))

    def _refuse(self, refusal: Refused) -> None:
        """Answers, unless another answer is on its way, then reads on for a moment without looking: a connection
        closed over unread bytes is reset, and the answer lost with it.
        """
        self._refused = True
        self._until = self.loop.time() + _LINGER_SECONDS
        if self._answering:
            if not self.cycle.more_body:
                # What was asked before gets its answer first, and the connection's end for this.
                self.cycle.keep_alive, self._until = False, math.inf
                return
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            if self.cycle.response_started or self.pipeline:
                self.transport.close()
                return
        answer = problem(refusal.status, refusal.code, refusal.title, refusal.detail)
        headers = b"".join(b"%s: %s\r\n" % header for header in answer.raw_headers)
        reason = STATUS_LINE[refusal.status]
        self.flow.resume_reading()
        self.transport.write(reason + headers + b"connection: close\r\n\r\n" + bytes(answer.body))
        self.transport.write_eof()

    def _stalls(self, now: float) -> bool:
        """Whether it does not read what we send. While the app may still add to it, only a full buffer tells."""
        size = self.transport.get_write_buffer_size()
        more = self._answering and not self.flow.write_paused
        if not size or more:
            self._unsent = None
        elif self._unsent is None:
            self._unsent = (now, size)
        elif now - self._unsent[0] > self._limits.patience:
            slow = self._unsent[1] - size < self._limits.least_rate * self._limits.patience
            self._unsent = (now, size)
            return slow
        return False


def _is_text(encoded: bytes) -> bool:
    try:
        unquote_to_bytes(encoded).decode()
    except UnicodeDecodeError:
        return False
    return True


def _too_large_a_head() -> Refused:
    return Refused(
        431,
        "headers_too_large",
        "The headers are too large",
        f"At most {MOST_HEAD_BYTES:,} bytes and {MOST_HEADERS} headers.",
    )


async def watch(door: Door) -> None:
    """For ever."""
    loop = asyncio.get_running_loop()
    while True:
        door.look(loop.time())
        await asyncio.sleep(min(1.0, door.limits.patience / 4))
