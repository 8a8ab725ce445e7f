"""Spans recorded by OpenTelemetry's SDK. Imported only when they are asked for: it comes with the extra `otel`."""

import os
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Final
from urllib.parse import urlsplit

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from shared.tracing import Attributes, Kind, Link, Span

_FLUSH_SECONDS = 1.5
"""A collector that is away must not keep a process from ending in time."""
_SEMANTICS: Final = "https://opentelemetry.io/schemas/1.44.0"
_KINDS: Final = {
    "server": trace.SpanKind.SERVER,
    "client": trace.SpanKind.CLIENT,
    "producer": trace.SpanKind.PRODUCER,
    "consumer": trace.SpanKind.CONSUMER,
}


def exporting(broker: str | None) -> "SdkRecorder":
    """Sends spans to where the standard variables say."""
    return SdkRecorder(BatchSpanProcessor(OTLPSpanExporter()), broker)


class SdkRecorder:
    """A tracer for each service of the process, and one way out for all their spans."""

    def __init__(self, processor: SpanProcessor, broker: str | None) -> None:
        self.bus: Attributes = _bus_at(broker)
        self._processor = processor
        self._tracers: dict[str, trace.Tracer] = {}

    def start(
        self, service: str, name: str, kind: Kind, parent: str, attributes: Attributes, links: Sequence[Link] = ()
    ) -> Span:
        tracer = self._tracers.get(service) or self._tracer_of(service)
        return _Recorded(
            tracer.start_span(
                name,
                context=_context_of(parent),
                kind=_KINDS[kind],
                attributes=attributes,
                links=[trace.Link(found, said) for linked, said in links if (found := _read(linked))],
            )
        )

    def close(self) -> None:
        # In a thread that nobody waits for: the SDK itself takes half a minute when the collector is away.
        flushing = threading.Thread(target=self._processor.shutdown, daemon=True)
        flushing.start()
        flushing.join(_FLUSH_SECONDS)

    def _tracer_of(self, service: str) -> trace.Tracer:
        provider = TracerProvider(resource=_resource_of(service), shutdown_on_exit=False)
        provider.add_span_processor(self._processor)
        self._tracers[service] = provider.get_tracer("ficha", schema_url=_SEMANTICS)
        return self._tracers[service]


class _Recorded(Span):
    recorded = True

    def __init__(self, span: trace.Span) -> None:
        self._span = span
        context = span.get_span_context()
        super().__init__(f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}")

    def rename(self, name: str, /) -> None:
        self._span.update_name(name)

    def note(self, attributes: Attributes, /) -> None:
        self._span.set_attributes(attributes)

    def fail(self, error_type: str, /) -> None:
        # No description: what an error says may name people.
        self._span.set_status(trace.StatusCode.ERROR)
        self._span.set_attribute("error.type", error_type)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind:
            self.fail(kind.__qualname__)
        self._span.end()


def _resource_of(service: str) -> Resource:
    named = os.environ.get("OTEL_SERVICE_NAME") or "service.name=" in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    return Resource.create() if named else Resource.create({"service.name": f"ficha-{service}"})


def _context_of(traceparent: str) -> Context:
    """Empty, not the ambient one, where there is no parent: a trace begins."""
    parent = _read(traceparent)
    return trace.set_span_in_context(trace.NonRecordingSpan(parent), Context()) if parent else Context()


def _read(traceparent: str) -> trace.SpanContext | None:
    """None for what is none: an event may come from elsewhere."""
    try:
        _, trace_id, span_id, flags = traceparent.split("-")
        found = trace.SpanContext(
            int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=trace.TraceFlags(int(flags, 16))
        )
    except ValueError:
        return None
    return found if found.is_valid else None


def _bus_at(broker: str | None) -> Attributes:
    if broker is None:
        return {"messaging.system": "ficha_memory"}
    if "," in broker:  # a cluster: which of its nodes a message goes to, nobody knows beforehand
        return {"messaging.system": "rabbitmq"}
    address = urlsplit(broker)
    return {
        "messaging.system": "rabbitmq",
        "server.address": address.hostname or "localhost",
        "server.port": address.port or (5671 if address.scheme == "amqps" else 5672),
    }
