"""Requests as spans, by OpenTelemetry's conventions for HTTP: those we answer, and those we make for somebody.

Queries are left out: people are searched for by name there.
"""

from typing import Final
from urllib.parse import urlsplit

from starlette.types import Scope

from shared import tracing
from shared.tracing import Attributes, Span

_METHODS: Final = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})


def serve(service: str, scope: Scope, traceparent: str | None) -> Span:
    """Around a request that is answered here. `traceparent` came with it, or a trace begins."""
    recorder = tracing.recorder()
    if recorder is None:
        return Span(traceparent or tracing.new_traceparent())
    attributes: dict[str, str | int] = {
        **_method(scope["method"]),
        "url.path": scope["path"],
        "url.scheme": scope["scheme"],
        "network.protocol.version": scope["http_version"],
    }
    host, port = scope.get("server") or ("", None)
    if port:  # a local socket has none
        attributes["server.address"], attributes["server.port"] = host, port
    return recorder.start(service, _label(scope["method"]), "server", traceparent or "", attributes)


def served(span: Span, scope: Scope, route: str | None, status: int) -> None:
    """Call it before the span ends; `route` as metrics name it, None where there is none."""
    if not span.recorded:
        return
    span.note({"http.response.status_code": status, **({"http.route": route} if route else {})})
    if route:
        span.rename(f"{_label(scope['method'])} {route}")
    if status >= 500:
        span.fail(str(status))


def ask(service: str, method: str, url: str, traceparent: str) -> Span:
    """Around asking a neighbour, who is sent the span's traceparent. Without one nobody asked: a probe, say."""
    recorder = tracing.recorder()
    if recorder is None or not traceparent:
        return Span(traceparent)
    address = urlsplit(url)
    attributes = {
        **_method(method),
        "url.full": address._replace(query="").geturl(),
        "server.address": address.hostname or "",
        "server.port": address.port or (443 if address.scheme == "https" else 80),
    }
    return recorder.start(service, _label(method), "client", traceparent, attributes)


def asked(span: Span, status: int) -> None:
    """Note on the span of a request what status it was answered with."""
    if not span.recorded:
        return
    span.note({"http.response.status_code": status})
    if status >= 400:
        span.fail(str(status))


def _method(method: str) -> Attributes:
    """Whoever invents methods must not invent values."""
    if method in _METHODS:
        return {"http.request.method": method}
    return {"http.request.method": "_OTHER", "http.request.method_original": method[:40]}


def _label(method: str) -> str:
    return method if method in _METHODS else "HTTP"
