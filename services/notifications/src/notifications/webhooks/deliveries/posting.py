"""One attempt: a POST by the Standard Webhooks specification, and what became of it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

import aiohttp

from notifications.webhooks.targets import AddressRefused, Resolver, Targets
from shared.clock import utc_now
from shared.errors import Invalid

TIMEOUT_SECONDS: Final = 20.0
"""For everything, from the first look at the name to the last byte that is read."""
REST_SECONDS: Final = 5.0
"""For an endpoint that is overloaded or away, unless it asks for more, by `Retry-After`."""
MOST_REST: Final = 3600.0
_OURS: Final = {"User-Agent": "Ficha-Webhooks/1", "Accept-Encoding": "identity"}
_MOST_READ: Final = 64 * 1024
_MOST_KEPT: Final = 1024
_NAMES_SECONDS: Final = 10
"""A name looked up serves so long; each connection is still held against the rules."""
_OVERLOADED: Final = {429, 502, 503, 504}


@dataclass(frozen=True, slots=True)
class Outcome:
    """`error`: in words, unless the answer was 2xx. `rest`: seconds for which the endpoint had better be left alone."""

    at: datetime
    ms: int
    status_code: int | None = None
    answer: str | None = None
    error: str | None = None
    rest: float = 0

    @property
    def delivered(self) -> bool:
        return self.error is None

    @property
    def gone(self) -> bool:
        return self.status_code == HTTPStatus.GONE


class Poster:
    """`async with` it in the running loop, or `await close()`. No cookies, no proxy, no redirect, no decompression."""

    def __init__(
        self, targets: Targets, *, timeout: float = TIMEOUT_SECONDS, rest_seconds: float = REST_SECONDS
    ) -> None:
        self._targets = targets
        self._timeout = timeout
        self._rest_seconds = rest_seconds
        self._client: aiohttp.ClientSession | None = None

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Raises nothing: whatever goes wrong is an outcome."""
        at, started = utc_now(), time.perf_counter()

        def outcome(*, code: int | None = None, answer: str | None = None, error: str | None, rest: float) -> Outcome:
            return Outcome(at, round((time.perf_counter() - started) * 1000), code, answer, error, rest)

        try:
            # Once more: the rules may have changed, and what looks like an address is not asked for as a name.
            target = self._targets.parse(url)
            async with self._session().post(
                target, data=body, headers={**_OURS, **headers}, allow_redirects=False
            ) as response:
                answer = await _beginning(response)
                error = _fault(response.status)
                return outcome(code=response.status, answer=answer, error=error, rest=self._rest_after(response))
        except Invalid as refusal:
            return outcome(error=refusal.detail, rest=0)
        except TimeoutError:
            return outcome(error=f"no answer within {self._timeout:g} s", rest=self._rest_seconds)
        except (aiohttp.ClientError, OSError, ValueError) as failure:
            return outcome(error=_words(failure), rest=self._rest_seconds)

    async def close(self) -> None:
        if self._client:
            await self._client.close()
        self._targets.close()

    def _rest_after(self, response: aiohttp.ClientResponse) -> float:
        if response.status not in _OVERLOADED:
            return 0
        return max(self._rest_seconds, min(_retry_after(response.headers.get("Retry-After", "")), MOST_REST))

    def _session(self) -> aiohttp.ClientSession:
        # Made on first use: a ClientSession wants the running loop.
        if self._client is None:
            connector = aiohttp.TCPConnector(
                limit=0,  # whoever posts knows how many at once
                resolver=Resolver(self._targets),
                ttl_dns_cache=_NAMES_SECONDS,
                socket_factory=self._targets.open_socket,
            )
            self._client = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=self._timeout),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
            )
        return self._client


async def _beginning(response: aiohttp.ClientResponse) -> str:
    """Of the body, as text. The status is there: a body that breaks off or never ends changes nothing."""
    kept = b""
    try:
        while len(kept) < _MOST_READ and (chunk := await response.content.readany()):
            kept += chunk
    except (aiohttp.ClientError, TimeoutError, OSError):
        pass
    if not response.content.at_eof():
        response.close()
    text = kept[:_MOST_KEPT].decode("utf-8", "replace")
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def _fault(status: int) -> str | None:
    if 200 <= status < 300:
        return None
    words = f"{status} {_phrase(status)}".rstrip()
    return f"{words}: redirects are not followed" if 300 <= status < 400 else words


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _retry_after(given: str) -> float:
    """Seconds, written as such or as a date; 0 for what is neither."""
    try:
        return float(given) if given.isdigit() else (parsedate_to_datetime(given) - utc_now()).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return 0


def _words(error: Exception) -> str:
    """Never an address of our own network."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    match cause:
        case AddressRefused():
            return str(cause)
        case _ if isinstance(error, aiohttp.ClientConnectorDNSError):
            return "the host is not known"
        case _ if isinstance(error, aiohttp.ClientSSLError):
            return f"TLS: {getattr(cause, 'verify_message', '') or getattr(cause, 'reason', '') or 'no handshake'}"
        case ConnectionRefusedError():
            return "the connection was refused"
        case _ if isinstance(error, aiohttp.ClientConnectorError):
            return "no connection"
        case aiohttp.ServerDisconnectedError():
            return "the connection was closed without an answer"
    return f"no usable answer: {type(error).__name__}"
