"""One middleware for what every request carries: ids in, out and into logs; its line in the log; its metrics."""

import re
import time
from typing import Final

import structlog
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.db import tenancy
from shared.identifiers import new_id
from shared.tracing import Span, new_traceparent, trace_id_of
from shared.web import spans
from shared.web.identity import Identity
from shared.web.metrics import HttpMetrics

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_TRACEPARENT: Final = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_AGENT_LENGTH: Final = 200
_QUIET: Final = ("/health/", "/metrics")

logger = structlog.get_logger("http")


class CorrelationMiddleware:
    def __init__(self, app: ASGIApp, *, service: str, metrics: HttpMetrics) -> None:
        self._app = app
        self._service = service
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        traceparent = _accepted(Headers(scope=scope).get("traceparent"), _TRACEPARENT)
        if scope["path"].startswith(_QUIET):
            span = Span(traceparent or new_traceparent())
        else:
            span = spans.serve(self._service, scope, traceparent)
        with span:
            await self._answer(scope, receive, send, span)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, span: Span) -> None:
        request_id = _accepted(Headers(scope=scope).get("x-request-id"), _REQUEST_ID) or str(new_id())
        traceparent = span.traceparent
        state = scope.setdefault("state", {})
        state["request_id"], state["traceparent"] = request_id, traceparent
        structlog.contextvars.bind_contextvars(
            service=self._service, request_id=request_id, trace_id=trace_id_of(traceparent)
        )
        status = 500
        started = time.perf_counter()

        async def send_with_ids(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                answer = MutableHeaders(scope=message)
                answer["X-Request-ID"] = request_id
                answer["traceparent"] = traceparent
            await send(message)

        try:
            await self._app(scope, receive, send_with_ids)
        finally:
            seconds = time.perf_counter() - started
            path = scope["path"]
            if not path.startswith(_QUIET):
                route = getattr(scope.get("route"), "path", None)
                self._metrics.observe(scope["method"], route or "unmatched", status, seconds)
                spans.served(span, scope, route, status)
                logger.info("request", method=scope["method"], path=path, status=status, ms=round(seconds * 1000, 1))
            structlog.contextvars.unbind_contextvars("service", "request_id", "trace_id")


def scope_for(request: Request, identity: Identity) -> tenancy.Scope:
    """Under what the request's transaction and its events run."""
    return tenancy.Scope(
        org_id=identity.org_id,
        actor=identity.actor,
        actor_name=identity.name,
        correlation_id=request.state.request_id,
        traceparent=request.state.traceparent,
        address=address_of(request),
        agent=agent_of(request),
    )


def address_of(request: HTTPConnection) -> str:
    """The client's, once the proxies that are trusted have been looked behind."""
    return request.client.host if request.client else "unknown"


def agent_of(request: HTTPConnection) -> str:
    """What the client's program calls itself: anything at all, so no more than its beginning."""
    named = request.headers.get("user-agent", "")[:_AGENT_LENGTH]
    return "".join(character for character in named if character.isprintable())


def _accepted(value: str | None, pattern: re.Pattern[str]) -> str | None:
    return value if value and pattern.fullmatch(value) else None
