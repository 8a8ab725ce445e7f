"""Spans, for OpenTelemetry. Off unless an OTLP endpoint is configured: its SDK is then not even imported.

A span's parent is the traceparent at hand, of a request, a Scope or an event, never something ambient: the ids in
logs, answers, events and spans are the same by construction. Off, a traceparent goes through as it came.
"""

import os
import secrets
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Literal, Protocol, Self

Kind = Literal["server", "client", "producer", "consumer"]
Value = str | int
Attributes = Mapping[str, Value]
Link = tuple[str, Attributes]
"""Another span, by its traceparent, and what is to be said of it."""


class Span:
    """Something under way, from entering to leaving. This one is not recorded: it carries a traceparent on."""

    recorded = False

    def __init__(self, traceparent: str) -> None:
        self.traceparent = traceparent

    def rename(self, _name: str, /) -> None:
        return

    def note(self, _attributes: Attributes, /) -> None:
        return

    def fail(self, _error_type: str, /) -> None:
        """It went wrong; the type is one of few, as `error.type` of OpenTelemetry."""
        return

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return


class Recorder(Protocol):
    """Who makes spans that are recorded: one for the process, whichever services it hosts."""

    bus: Attributes
    """What every messaging span of this process says of its bus; `messaging.system` at least."""

    def start(
        self, service: str, name: str, kind: Kind, parent: str, attributes: Attributes, links: Sequence[Link] = ()
    ) -> Span: ...

    def close(self) -> None:
        """Send what is not sent yet, in a second or two, or give it up."""
        ...


def recorder() -> Recorder | None:
    """Returns what spans are recorded by; None while nobody asked for them."""
    return _recorder


def configure(*, broker: str | None) -> None:
    """Read the standard variables of OpenTelemetry. `broker`: URL of RabbitMQ, or None for the in-memory bus.

    Raises SystemExit when they ask for what is not here.
    """
    if not _asked_for():
        return
    for variable in ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"):
        if os.environ.get(variable, "http/protobuf") != "http/protobuf":
            raise SystemExit(f"{variable}: only http/protobuf is supported")
    try:
        from shared import otel
    except ImportError as error:
        raise SystemExit(f"{_ENDPOINTS[0]}: tracing needs the extra `otel` of ficha-shared ({error})") from None
    use(otel.exporting(broker))


def use(chosen: Recorder | None) -> None:
    """Record spans by this from now on; None: not at all."""
    global _recorder
    _recorder = chosen


def close() -> None:
    """Send what is not sent yet, and record nothing any more."""
    if _recorder:
        _recorder.close()
    use(None)


def new_traceparent() -> str:
    """Random, as samplers expect of a trace id."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def trace_id_of(traceparent: str) -> str:
    """Returns the trace id, 32 hex digits, of a W3C traceparent."""
    return traceparent[3:35]


def _asked_for() -> bool:
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    exporter = os.environ.get("OTEL_TRACES_EXPORTER", "otlp")
    if exporter not in ("otlp", "none"):
        raise SystemExit(f"OTEL_TRACES_EXPORTER: {exporter} is not supported; it takes otlp or none")
    return exporter == "otlp" and any(os.environ.get(variable) for variable in _ENDPOINTS)


_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_recorder: Recorder | None = None
