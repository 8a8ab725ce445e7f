"""Spans, recorded as they are in production and kept here instead of being sent."""

from collections.abc import Iterator, Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared import tracing
from shared.otel import SdkRecorder


class Spans:
    """What has ended since the test began."""

    def __init__(self, kept: InMemorySpanExporter) -> None:
        self._kept = kept

    def named(self, start: str) -> list[ReadableSpan]:
        return [span for span in self._kept.get_finished_spans() if span.name.startswith(start)]

    def __len__(self) -> int:
        return len(self._kept.get_finished_spans())

    @property
    def trace_ids(self) -> set[str]:
        return {f"{span.context.trace_id:032x}" for span in self._kept.get_finished_spans() if span.context}


@pytest.fixture
def spans() -> Iterator[Spans]:
    """Tracing is on, as over a RabbitMQ at broker:5672."""
    kept = InMemorySpanExporter()
    tracing.use(SdkRecorder(SimpleSpanProcessor(kept), "amqp://guest:secret@broker:5672/"))
    yield Spans(kept)
    tracing.use(None)


def id_of(span: ReadableSpan) -> int:
    assert span.context
    return int(span.context.span_id)


def parent_of(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None


def linked_by(span: ReadableSpan) -> Sequence[int]:
    return [link.context.span_id for link in span.links]


def traceparent_of(span: ReadableSpan) -> str:
    assert span.context
    return f"00-{span.context.trace_id:032x}-{span.context.span_id:016x}-{span.context.trace_flags:02x}"
