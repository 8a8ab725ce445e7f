"""An event's way as spans, by OpenTelemetry's conventions for messaging: created, published, consumed.

Creating is the context that travels in the event. What consumes it is that one's child, so that one trace goes from
a request to its last consumer, and links to it too. Publishing takes many events at once: it links to each, and is
part of their trace where they have only one.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from shared import tracing
from shared.bus import topology
from shared.bus.message import Message
from shared.events.base import Event
from shared.tracing import Attributes, Link, Recorder, Span


def create(event_class: type[Event[Any]], event_id: UUID, *, correlation_id: str, traceparent: str) -> Span:
    """Around the recording of an event, which takes the span's traceparent with it."""
    recorder = tracing.recorder()
    if recorder is None:
        return Span(traceparent)
    attributes = {
        **_operation(recorder, "create", "create"),
        **_place(recorder, event_class.name),
        **_message(str(event_id), correlation_id),
    }
    return recorder.start(event_class.owner(), _named(attributes), "producer", traceparent, attributes)


def publish(service: str, messages: Sequence[Message]) -> Span:
    """Around giving a batch to the transport; `published` tells it what became of them."""
    recorder = tracing.recorder()
    if recorder is None:
        return Span("")
    created = [_traceparent_of(message) for message in messages]
    links: list[Link] = [
        (traceparent, {**_place(recorder, message.name), **_message(str(message.event_id), "")})
        for message, traceparent in zip(messages, created, strict=True)
    ]
    one_trace = len({tracing.trace_id_of(traceparent) for traceparent in created}) == 1
    attributes = {
        **_operation(recorder, "send", "publish"),
        "messaging.destination.name": topology.EXCHANGE,
        "messaging.batch.message_count": len(messages),
    }
    return recorder.start(service, _named(attributes), "client", created[0] if one_trace else "", attributes, links)


def published(span: Span, failures: Sequence[str]) -> None:
    """`failures`: for each event that was not confirmed, why, in a word."""
    if failures and span.recorded:
        span.fail(failures[0])
        span.note({"ficha.publish.failures": len(failures)})


def consume(service: str, name: str, event: Event[Any]) -> Span:
    """Around the handlers of one event, whose effects and own events belong to it."""
    recorder = tracing.recorder()
    if recorder is None:
        return Span(event.traceparent)
    attributes = {
        **_operation(recorder, "process", "consume"),
        **_place(recorder, name, topology.queue(service)),
        **_message(str(event.id), event.correlation_id),
    }
    link: Link = (event.traceparent, {})
    return recorder.start(service, _named(attributes), "consumer", event.traceparent, attributes, [link])


def _operation(recorder: Recorder, kind: str, name: str) -> Attributes:
    return {**recorder.bus, "messaging.operation.type": kind, "messaging.operation.name": name}


def _place(recorder: Recorder, name: str, queue: str = "") -> Attributes:
    """Exchange, routing key and queue, as the conventions for RabbitMQ join them."""
    place = f"{topology.EXCHANGE}:{name}:{queue}" if queue else f"{topology.EXCHANGE}:{name}"
    attributes = {"messaging.destination.name": place}
    if recorder.bus["messaging.system"] == "rabbitmq":
        attributes["messaging.rabbitmq.destination.routing_key"] = name
    return attributes


def _message(event_id: str, correlation_id: str) -> Attributes:
    conversation = {"messaging.message.conversation_id": correlation_id} if correlation_id else {}
    return {"messaging.message.id": event_id, **conversation}


def _named(attributes: Attributes) -> str:
    return f"{attributes['messaging.operation.name']} {attributes['messaging.destination.name']}"


def _traceparent_of(message: Message) -> str:
    try:
        return str(orjson.loads(message.body).get("traceparent", ""))
    except (ValueError, AttributeError):
        return ""
