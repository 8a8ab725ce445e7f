"""One trace goes from a request to the last consumer of what it caused, by OpenTelemetry's conventions."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import orjson
import structlog
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.consumer import Consumer, Retry, Subscription
from shared.bus.relay import Relay
from shared.db.infrastructure import outbox
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from shared.settings import ServiceSettings
from shared.web.app import create_app
from shared.worker import Worker
from tests.shared.bus.transports import Transports, drained, message_of, record, registered, unique
from tests.shared.web.things_api import router
from tests.support.identity import ISSUERS, client_of
from tests.support.probe import OtherChanged, ThingChanged, change_thing, on_thing_changed
from tests.support.spans import Spans, id_of, linked_by, parent_of, traceparent_of
from tests.support.waiting import until

TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLER = f"00-{TRACE}-b7ad6b7169203331-01"


async def answer_with_an_event(session: AsyncSession, event: ThingChanged) -> None:
    await change_thing(session, new_id(), version=1, event=OtherChanged)


def there(spans: Spans, count: int) -> Callable[[], Awaitable[bool]]:
    async def all_there() -> bool:
        return len(spans) >= count

    return all_there


async def test_one_trace_goes_from_the_request_to_the_last_consumer(
    transports: Transports, publisher: Database, listener: Database, org_id: UUID, spans: Spans
) -> None:
    """HTTP → outbox → relay → consumer elsewhere → its own event → relay → a consumer of that."""
    logged: list[dict[str, Any]] = []

    async def end_here(session: AsyncSession, event: OtherChanged) -> None:
        logged.append(structlog.contextvars.get_contextvars())
        await on_thing_changed(session, event)

    first, second = unique("probe"), unique("listener")
    here, there_ = transports.transport(first), transports.transport(second)
    workers = [
        Worker(first, publisher, here, [Subscription(OtherChanged, end_here)]),
        Worker(second, listener, there_, [Subscription(ThingChanged, answer_with_an_event)]),
    ]
    stop = asyncio.Event()
    running = [asyncio.create_task(worker.run(stop)) for worker in workers]
    await registered(here)
    await registered(there_)
    app = create_app(
        "probe",
        ServiceSettings(database_url=SecretStr("postgresql+asyncpg:///unused"), identity_issuers=ISSUERS),
        publisher,
        [router],
    )
    async with client_of(app, org_id) as client:
        sent = {"traceparent": CALLER, "X-Request-ID": "request-1"}
        answer = await client.post("/api/v1/things", json={"name": "x"}, headers=sent)
    assert answer.status_code == 201
    await until(there(spans, 7), what="seven spans")
    stop.set()
    await asyncio.gather(*running)

    assert spans.trace_ids == {TRACE}
    [served] = spans.named("POST /api/v1/things")
    [created] = spans.named(f"create ficha.events:{ThingChanged.name}")
    [consumed] = spans.named(f"consume ficha.events:{ThingChanged.name}:ficha.{second}")
    [created_then] = spans.named(f"create ficha.events:{OtherChanged.name}")
    [consumed_then] = spans.named(f"consume ficha.events:{OtherChanged.name}:ficha.{first}")
    published, published_then = sorted(spans.named("publish ficha.events"), key=lambda span: span.start_time or 0)
    assert f"{parent_of(served):016x}" == CALLER.split("-")[2]
    for child, parent in (
        (created, served),
        (published, created),
        (consumed, created),
        (created_then, consumed),
        (published_then, created_then),
        (consumed_then, created_then),
    ):
        assert parent_of(child) == id_of(parent), (child.name, parent.name)
    assert linked_by(consumed) == linked_by(published) == [id_of(created)]
    assert answer.headers["traceparent"] == traceparent_of(served)
    [context] = logged
    assert (context["trace_id"], context["correlation_id"]) == (TRACE, "request-1")
    judge_conventions(served, created, published, consumed, second)


def judge_conventions(
    served: ReadableSpan, created: ReadableSpan, published: ReadableSpan, consumed: ReadableSpan, listener: str
) -> None:
    bus = {"messaging.system": "rabbitmq", "server.address": "broker", "server.port": 5672}
    assert created.attributes
    event_id = created.attributes["messaging.message.id"]
    event = {
        "messaging.message.id": event_id,
        "messaging.message.conversation_id": "request-1",
        "messaging.rabbitmq.destination.routing_key": ThingChanged.name,
    }
    place = f"ficha.events:{ThingChanged.name}"
    assert (created.kind, dict(created.attributes)) == (
        SpanKind.PRODUCER,
        {
            **bus,
            **event,
            "messaging.operation.type": "create",
            "messaging.operation.name": "create",
            "messaging.destination.name": place,
        },
    )
    assert (published.kind, dict(published.attributes or {})) == (
        SpanKind.CLIENT,
        {
            **bus,
            "messaging.operation.type": "send",
            "messaging.operation.name": "publish",
            "messaging.destination.name": "ficha.events",
            "messaging.batch.message_count": 1,
        },
    )
    assert (published.links[0].attributes or {})["messaging.message.id"] == event_id
    assert (consumed.kind, dict(consumed.attributes or {})) == (
        SpanKind.CONSUMER,
        {
            **bus,
            **event,
            "messaging.operation.type": "process",
            "messaging.operation.name": "consume",
            "messaging.destination.name": f"{place}:ficha.{listener}",
        },
    )
    assert (served.kind, dict(served.attributes or {})) == (
        SpanKind.SERVER,
        {
            "http.request.method": "POST",
            "http.route": "/api/v1/things",
            "http.response.status_code": 201,
            "url.path": "/api/v1/things",
            "url.scheme": "http",
            "network.protocol.version": "1.1",
        },
    )
    assert [span.resource.attributes["service.name"] for span in (served, created, consumed)] == [
        "ficha-probe",
        "ficha-probe",
        f"ficha-{listener}",
    ]


async def test_an_event_carries_its_own_span_and_not_the_stale_one_of_its_cause(
    publisher: Database, org_id: UUID, spans: Spans
) -> None:
    event = await record(publisher, Scope(org_id, traceparent=CALLER))
    [created] = spans.named("create ")
    assert event.traceparent == traceparent_of(created) != CALLER
    async with publisher.engine.connect() as connection:
        [body] = (await connection.execute(select(outbox.c.body))).scalars()
    assert orjson.loads(body)["traceparent"] == event.traceparent


async def test_events_of_several_traces_are_published_under_none_and_linked_to_each(
    transports: Transports, publisher: Database, scope: Scope, spans: Spans
) -> None:
    out = transports.transport(unique("probe"))
    events = [await record(publisher, scope) for _ in range(5)]
    assert len(spans.trace_ids) == 5
    async with publisher.engine.connect() as raw:
        connection = await raw.execution_options(isolation_level="AUTOCOMMIT")
        await Relay("probe", publisher, out).relay_batch(connection)
    await drained(publisher)
    await out.close()
    [published] = spans.named("publish ")
    assert parent_of(published) is None
    assert list(linked_by(published)) == [id_of(created) for created in spans.named("create ")]
    assert (published.attributes or {})["messaging.batch.message_count"] == len(events)


async def test_a_failing_handler_shows_in_its_span_and_the_retry_in_another(
    publisher: Database, listener: Database, scope: Scope, spans: Spans
) -> None:
    tries = 0

    async def fail_once(session: AsyncSession, event: ThingChanged) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise LookupError("about Ana Pérez")
        await on_thing_changed(session, event)

    consumer = Consumer("listener", listener, [Subscription(ThingChanged, fail_once)])
    message = message_of(await record(publisher, scope))
    verdict = await consumer.handle(message)
    assert isinstance(verdict, Retry)
    await consumer.handle(message.with_(verdict.headers))
    failed, handled = spans.named("consume ")
    assert failed.status.status_code is StatusCode.ERROR
    assert (failed.attributes or {})["error.type"] == "LookupError"
    assert "Ana" not in failed.to_json()
    assert handled.status.status_code is StatusCode.UNSET
    assert parent_of(failed) == parent_of(handled) == id_of(spans.named("create ")[0])


async def test_an_event_from_elsewhere_begins_a_trace_of_its_own(
    listener: Database, scope: Scope, spans: Spans
) -> None:
    consumer = Consumer("listener", listener, [Subscription(ThingChanged, on_thing_changed)])
    for traceparent in ("", "nonsense", f"00-{'0' * 32}-{'0' * 16}-01", "00-xyz-1-01"):
        event = ThingChanged.model_validate(
            {
                "id": new_id(),
                "occurred_at": "2026-11-24T10:00:00Z",
                "org_id": scope.org_id,
                "subject": new_id(),
                "version": 1,
                "data": {"id": new_id()},
                "traceparent": traceparent,
            }
        )
        await consumer.handle(message_of(event))
    assert [(parent_of(span), list(span.links)) for span in spans.named("consume ")] == [(None, [])] * 4
    assert len(spans.trace_ids) == 4
