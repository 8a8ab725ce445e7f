"""An HTTP client for another service, signed with one's own key: for what its replica does not have (yet)."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import TracebackType
from typing import Any, Self

import aiohttp
import orjson

from shared.db.tenancy import Scope
from shared.errors import Unavailable
from shared.web import spans
from shared.web.identity import Identity, Signer


class ServiceClient:
    """For the service `service` at `base_url` (http://contacts:8000), as actor `service:<name>` with the scopes given.

    `async with` it in the app's lifespan (or `await close()`).
    """

    def __init__(
        self, service: str, base_url: str, signer: Signer, *, name: str, scopes: frozenset[str], timeout: float = 3
    ) -> None:
        self._service = service
        self._base_url = base_url.rstrip("/")
        self._signer = signer
        self._name = name
        self._actor = f"service:{name}"
        self._scopes = scopes
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._client: aiohttp.ClientSession | None = None

    async def get_json(self, path: str, scope: Scope) -> Any | None:
        """The decoded answer, or None for a 404. Raises Unavailable when the sibling cannot answer."""
        async with self.get(path, scope) as response:
            return None if response is None else orjson.loads(await response.read())

    async def post_json(self, path: str, scope: Scope) -> Any | None:
        """The same of a POST without a body."""
        async with self._ask("POST", path, scope) as response:
            return None if response is None else orjson.loads(await response.read())

    def get(self, path: str, scope: Scope) -> AbstractAsyncContextManager[aiohttp.ClientResponse | None]:
        """The open answer, to be streamed, or None for a 404. Raises Unavailable."""
        return self._ask("GET", path, scope)

    async def close(self) -> None:
        if self._client:
            await self._client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @asynccontextmanager
    async def _ask(self, method: str, path: str, scope: Scope) -> AsyncIterator[aiohttp.ClientResponse | None]:
        identity = Identity(org_id=scope.org_id, actor=self._actor, scopes=self._scopes)
        headers = {"Authorization": f"Bearer {self._signer.token(identity, self._service)}"}
        if scope.correlation_id:
            headers["X-Request-ID"] = scope.correlation_id
        url = f"{self._base_url}{path}"
        try:
            with spans.ask(self._name, method, url, scope.traceparent) as span:
                if span.traceparent:
                    headers["traceparent"] = span.traceparent
                response = await self._session().request(method, url, headers=headers)
                spans.asked(span, response.status)
            async with response:
                if response.status == 404:
                    yield None
                elif response.status >= 300:
                    raise Unavailable(f"A neighbour answered {response.status}.")
                else:
                    yield response
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable("A neighbour that is needed does not answer.") from error

    def _session(self) -> aiohttp.ClientSession:
        # Made on first use: a ClientSession wants the running loop.
        if self._client is None:
            self._client = aiohttp.ClientSession(timeout=self._timeout)
        return self._client
