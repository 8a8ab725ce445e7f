"""Forwards what another service owns, streaming both ways. Which path goes where is the table at the end."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from typing import Final

import structlog
from aiohttp import ClientResponse
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.accounts import scopes
from gateway.authentication import Authentication
from gateway.bodies import MOST_BYTES, check_length, has_body
from gateway.clients import Clients
from gateway.confirmation import demand_confirmed
from gateway.errors import BodyTooLarge, UnknownPath
from gateway.origin import SAFE_METHODS, OwnOrigin
from shared.errors import FichaError
from shared.web.identity import Identity

logger = structlog.get_logger("proxy")

VISITOR: Final = Identity(org_id=None, actor="visitor", scopes=scopes.VISITOR)
"""The client portal's own login tells the portal who it is."""

PORTAL: Final = "/portal/api"
PORTAL_COOKIE: Final = "ficha_portal"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,200}")
"""What portal's cookies hold. A quoted one may be anything once it is read, line breaks too: that is no token."""
_PORTAL_COOKIES: Final = frozenset(
    f"{prefix}{PORTAL_COOKIE}{which}" for prefix in ("", "__Host-") for which in ("", "_preview", "_device")
)
"""With TLS they have the prefix."""

_FORWARDED: Final = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "content-encoding",
        "content-length",
        "content-type",
        "idempotency-key",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "range",
        "user-agent",
    }
)
"""All that passes inwards: whatever else a client sends about itself or others is dropped."""
_NOT_RETURNED: Final = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"set-cookie",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
_RETURNED_WHOLE: Final = 64 * 1024


class Proxy:
    """The ASGI app for every path that is not the gateway's own."""

    def __init__(self, clients: Clients, authentication: Authentication, origin: OwnOrigin, otherwise: ASGIApp) -> None:
        self._clients = clients
        self._authentication = authentication
        self._origin = origin
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(("/api/", f"{PORTAL}/")):
            await self._otherwise(scope, receive, send)
            return
        owned = owner_of(scope["path"])
        if owned is None:
            raise UnknownPath()
        scope["route"] = owned  # what metrics call this request
        request = HTTPConnection(scope)
        if owned.path.startswith(PORTAL):
            self._origin.check(request)
            identity = VISITOR
        else:
            caller = await self._authentication.caller(request)
            if owned.confirmed and scope["method"] not in SAFE_METHODS:
                await demand_confirmed(request, caller)
            identity = caller.identity
        if owned.most_bytes is not None:
            check_length(request.headers, owned.most_bytes)
        exchange = _Exchange(scope, receive, send, has_body=has_body(request.headers), most_bytes=owned.most_bytes)
        await exchange.run(self._clients, owned.service, identity)


class _Exchange:
    """One request forwarded and its answer returned. The client's leaving ends it, on both sides."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, *, has_body: bool, most_bytes: int | None) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        # HEAD comes as the GET it is answered by.
        self._method = "HEAD" if scope["state"].get("head") else scope["method"]
        self._has_body = has_body
        self._received = asyncio.Event()
        if not has_body:
            self._received.set()
        self._most_bytes = most_bytes
        self._too_large = False
        self._left = False
        self._started = False

    async def run(self, clients: Clients, service: str, identity: Identity) -> None:
        forwarding = asyncio.ensure_future(self._forward(clients, service, identity))
        leaving = asyncio.ensure_future(self._client_left())
        try:
            await asyncio.wait((forwarding, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            if not forwarding.done():
                forwarding.cancel()
                await asyncio.wait((forwarding,))
        if not self._left:
            forwarding.result()
        elif forwarding.cancelled() or forwarding.exception() or not self._started:
            await self._note_that_nobody_waits()

    async def _forward(self, clients: Clients, service: str, identity: Identity) -> None:
        scope = self._scope
        query = scope["query_string"]
        target = scope["raw_path"].decode("latin-1") + (f"?{query.decode('latin-1')}" if query else "")
        body = self._body() if self._has_body else None
        try:
            async with clients.open(
                service, self._method, target, identity=identity, headers=_inward(scope), body=body
            ) as answer:
                await self._return(answer, cookies=identity is VISITOR)
        except FichaError as error:
            if self._too_large:
                raise BodyTooLarge(f"At most {self._most_bytes:,} bytes.") from error
            if not self._started:
                raise
            # Too late for a problem: the server cuts the connection, which tells the client that it has not all.
            logger.warning("answer_broke_off", service=service, path=scope["path"], error=str(error))

    async def _return(self, answer: ClientResponse, *, cookies: bool) -> None:
        length = answer.content_length
        whole = await answer.read() if length is not None and length <= _RETURNED_WHOLE else None
        self._started = True
        headers = _outward(answer.raw_headers, cookies=cookies)
        await self._send({"type": "http.response.start", "status": answer.status, "headers": headers})
        if whole is None:
            async for chunk in answer.content.iter_any():
                await self._send({"type": "http.response.body", "body": chunk, "more_body": True})
        await self._send({"type": "http.response.body", "body": whole or b""})

    async def _body(self) -> AsyncIterator[bytes]:
        taken = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self._left = True
                raise ConnectionResetError("the client left during its request")
            if chunk := message.get("body"):
                taken += len(chunk)
                if self._most_bytes is not None and taken > self._most_bytes:
                    self._too_large = True
                    raise ConnectionResetError("the body never ends")
                yield chunk
            if not message.get("more_body"):
                self._received.set()
                return

    async def _client_left(self) -> None:
        """Only one may wait for the client at a time: first the body, then this."""
        await self._received.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._left = True

    async def _note_that_nobody_waits(self) -> None:
        """For our own log and metrics; the connection is gone. 499 is what nginx made of it."""
        if not self._started:
            await self._send({"type": "http.response.start", "status": 499, "headers": []})


class OwnedPath:
    """A path and everything below it; `*` stands for one segment. `path` is what metrics show.

    `most_bytes` limits a request's body; without it the service does. `confirmed`: to change anything there a person
    must have given the password lately.
    """

    def __init__(
        self, path: str, service: str, *, most_bytes: int | None = MOST_BYTES, confirmed: bool = False
    ) -> None:
        self.path = path
        self.service = service
        self.most_bytes = most_bytes
        self.confirmed = confirmed
        self.segments = tuple(path.strip("/").split("/"))

    def covers(self, segments: list[str]) -> bool:
        return len(segments) >= len(self.segments) and all(
            mine in ("*", theirs) for mine, theirs in zip(self.segments, segments, strict=False)
        )


def owner_of(path: str) -> OwnedPath | None:
    """The longest pattern wins."""
    segments = path.strip("/").split("/")
    return next((owned for owned in _BY_LENGTH if owned.covers(segments)), None)


def _inward(scope: Scope) -> dict[str, str]:
    """What passes to the service, with our ids, and the portal's own cookies where it goes to the portal."""
    given = Headers(scope=scope)
    headers = {name: value for name, value in given.items() if name in _FORWARDED}
    headers["X-Request-ID"] = scope["state"]["request_id"]
    headers["traceparent"] = scope["state"]["traceparent"]
    if scope["path"].startswith(PORTAL):
        cookies = HTTPConnection(scope).cookies
        mine = [f"{n}={value}" for n, value in cookies.items() if n in _PORTAL_COOKIES and _TOKEN.fullmatch(value)]
        if mine:
            headers["Cookie"] = "; ".join(mine)
        if scope.get("client"):
            headers["X-Forwarded-For"] = scope["client"][0]
    return headers


def _outward(raw: Iterable[tuple[bytes, bytes]], *, cookies: bool) -> list[tuple[bytes, bytes]]:
    headers = [(name.lower(), value) for name, value in raw]
    return [
        (name, value) for name, value in headers if name not in _NOT_RETURNED or (cookies and name == b"set-cookie")
    ]


OWNERS: Final = (
    OwnedPath("/api/v1/contacts", "contacts"),
    OwnedPath("/api/v1/contacts/*/files", "files", most_bytes=None),
    OwnedPath("/api/v1/contacts/*/portal", "portal"),
    OwnedPath("/api/v1/contacts/*/reports", "documents"),
    OwnedPath("/api/v1/documents", "documents"),
    OwnedPath("/api/v1/products", "documents"),
    OwnedPath("/api/v1/taxes", "documents"),
    OwnedPath("/api/v1/series", "documents"),
    OwnedPath("/api/v1/activities", "crm"),
    OwnedPath("/api/v1/pipelines", "crm"),
    OwnedPath("/api/v1/opportunities", "crm"),
    OwnedPath("/api/v1/notes", "crm"),
    OwnedPath("/api/v1/files", "files"),
    OwnedPath("/api/v1/messages", "notifications"),
    # What they are sent goes on after the session: they are worth as much as a key.
    OwnedPath("/api/v1/webhooks", "notifications", confirmed=True),
    OwnedPath(PORTAL, "portal"),
)
_BY_LENGTH: Final = sorted(OWNERS, key=lambda owned: len(owned.segments), reverse=True)
