"""One middleware for what every request carries: ids in, out and into logs; its line in the log; its metrics."""

import re
import time
from typing import Final

import structlog
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.db import tenancy
from shared.identifiers import new_id
from shared.web.identity import Identity
from shared.web.metrics import HttpMetrics

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_TRACEPARENT: Final = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
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
        headers = Headers(scope=scope)
        request_id = _accepted(headers.get("x-request-id"), _REQUEST_ID) or str(new_id())
        traceparent = _accepted(headers.get("traceparent"), _TRACEPARENT) or _new_traceparent()
        state = scope.setdefault("state", {})
        state["request_id"], state["traceparent"] = request_id, traceparent
        structlog.contextvars.bind_contextvars(service=self._service, request_id=request_id)
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
                route = scope.get("route")
                self._metrics.observe(scope["method"], getattr(route, "path", "unmatched"), status, seconds)
                logger.info("request", method=scope["method"], path=path, status=status, ms=round(seconds * 1000, 1))
            structlog.contextvars.unbind_contextvars("service", "request_id")


def scope_for(request: Request, identity: Identity) -> tenancy.Scope:
    """Under what the request's transaction and its events run."""
    return tenancy.Scope(
        org_id=identity.org_id,
        actor=identity.actor,
        actor_name=identity.name,
        correlation_id=request.state.request_id,
        traceparent=request.state.traceparent,
    )


def _accepted(value: str | None, pattern: re.Pattern[str]) -> str | None:
    return value if value and pattern.fullmatch(value) else None


def _new_traceparent() -> str:
    return f"00-{new_id().hex}-{new_id().hex[16:]}-01"
