"""A file of documents, handed to the client as it comes: never whole in memory, and no transaction waits for it."""

from collections.abc import Awaitable, Callable

from starlette.responses import Response
from starlette.types import Receive, Send
from starlette.types import Scope as Connection

from portal.errors import DocumentNotFound
from shared.db.tenancy import Scope
from shared.service_client import ServiceClient

_CHUNK = 64 * 1024


class PassedOn(Response):
    """`on_answer` runs once documents has answered. Raises DocumentNotFound, Unavailable, before anything is sent."""

    def __init__(
        self, asker: ServiceClient, path: str, scope: Scope, *, on_answer: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(media_type="application/pdf")
        del self.headers["content-length"]
        self.headers["X-Content-Type-Options"] = "nosniff"
        self.headers["Cache-Control"] = "private, no-store"
        self._asker = asker
        self._path = path
        self._scope = scope
        self._on_answer = on_answer

    async def __call__(self, _: Connection, __: Receive, send: Send) -> None:
        async with self._asker.get(self._path, self._scope) as answer:
            if answer is None:
                raise DocumentNotFound()
            await self._on_answer()
            for name in ("Content-Length", "Content-Disposition"):
                if name in answer.headers:
                    self.headers[name] = answer.headers[name]
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            async for chunk in answer.content.iter_chunked(_CHUNK):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
