"""The only place that knows where services are, and how they are asked on a caller's behalf."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from gateway.errors import ServiceTooSlow, ServiceUnavailable
from gateway.wire import Wire, WireBroken
from shared.web import spans
from shared.web.identity import Identity, Signer

_CONNECT_SECONDS = 2.0
# Below what the services keep an unused connection (75 s), so that we never write into one just closed.
_KEEP_ALIVE_SECONDS = 60.0


class Clients:
    """`async with` it in the app's lifespan. One pool of kept connections for all services."""

    def __init__(self, addresses: Mapping[str, str], signer: Signer, *, silence_seconds: float) -> None:
        self._addresses = {service: url.rstrip("/") for service, url in addresses.items()}
        self._wires = {service: Wire(url) for service, url in self._addresses.items()}
        self._signer = signer
        self._silence_seconds = silence_seconds
        self._session: aiohttp.ClientSession | None = None

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(self._addresses)

    @asynccontextmanager
    async def open(
        self,
        service: str,
        method: str,
        target: str,
        *,
        identity: Identity | None = None,
        headers: Mapping[str, str] | None = None,
        body: AsyncIterable[bytes] | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """The open answer, whatever its status. `target` is path and query as they go on the wire.

        Only silence is limited. Raises ServiceUnavailable, ServiceTooSlow; also from the reading of the answer inside
        the block.
        """
        assert self._session, "Clients is used outside its lifespan"
        timeout = aiohttp.ClientTimeout(total=None, connect=_CONNECT_SECONDS, sock_read=self._silence_seconds)
        url = self._addresses[service] + target
        sent = self._signed(service, headers, identity)
        try:
            with spans.ask("gateway", method, url, sent.get("traceparent", "")) as span:
                if span.traceparent:
                    sent["traceparent"] = span.traceparent
                response = await self._session.request(
                    method, URL(url, encoded=True), headers=sent, data=body, timeout=timeout, allow_redirects=False
                )
                spans.asked(span, response.status)
            async with response:
                yield response
        except aiohttp.ConnectionTimeoutError as error:
            raise ServiceUnavailable(f"{service} cannot be reached.") from error
        except TimeoutError as error:
            raise ServiceTooSlow(f"{service} did not answer in time.") from error
        except aiohttp.ClientError as error:
            raise ServiceUnavailable(f"{service} cannot be reached.") from error

    async def read(
        self,
        service: str,
        target: str,
        *,
        identity: Identity | None = None,
        headers: Mapping[str, str] | None = None,
        within: float,
    ) -> tuple[int, bytes]:
        """A small GET, whole: status and body. Raises as `open` does."""
        sent = self._signed(service, headers, identity)
        try:
            with spans.ask("gateway", "GET", self._addresses[service] + target, sent.get("traceparent", "")) as span:
                if span.traceparent:
                    sent["traceparent"] = span.traceparent
                async with asyncio.timeout(within):
                    status, body = await self._wires[service].get(target, sent)
                spans.asked(span, status)
                return status, body
        except TimeoutError as error:
            raise ServiceTooSlow(f"{service} did not answer in time.") from error
        except WireBroken as error:
            raise ServiceUnavailable(f"{service} cannot be reached.") from error

    def _signed(self, service: str, headers: Mapping[str, str] | None, identity: Identity | None) -> dict[str, str]:
        signed = dict(headers or {})
        if identity:
            signed["Authorization"] = f"Bearer {self._signer.token(identity, service)}"
        return signed

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._session
        await self._session.close()
        self._session = None
        for wire in self._wires.values():
            wire.close()
