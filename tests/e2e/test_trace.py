"""Two services as processes: what one caller asked can be followed through both, in traces and in logs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from local.rabbitmq import RabbitMQ
from tests.support.collector import Collector, collecting
from tests.support.identity import PRIVATE_KEY, bearer
from tests.support.postgres import Databases
from tests.support.process import Process, started
from tests.support.waiting import until_now

TRACE = "0af7651916cd43dd8448eb211c80319c"
CREATED = "ficha.events:ficha.contacts.contact.created.v1"


@pytest.fixture
async def running(
    databases: Databases, rabbitmq: RabbitMQ, tmp_path: Path
) -> AsyncIterator[tuple[Process, Process, Collector]]:
    """contacts, crm, and where both send their spans."""
    own = {
        "contacts": {},
        "crm": {"IDENTITY_PRIVATE_KEY": PRIVATE_KEY, "CONTACTS_URL": "http://127.0.0.1:9", "LOG_LEVEL": "DEBUG"},
    }
    urls = {service: (await databases.urls(service)).database_url for service in own}
    with ExitStack() as stack:
        collector = stack.enter_context(collecting())

        def start(service: str) -> Process:
            common = {
                "DATABASE_URL": urls[service],
                "AMQP_URL": rabbitmq.url,
                "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
                "OTEL_BSP_SCHEDULE_DELAY": "200",
            }
            return stack.enter_context(started(service, {**common, **own[service]}, tmp_path))

        contacts, crm = await asyncio.gather(*(asyncio.to_thread(start, service) for service in own))
        yield contacts, crm, collector
        await asyncio.to_thread(stack.close)


def test_one_trace_and_one_id_lead_from_the_request_through_both(
    running: tuple[Process, Process, Collector], org_id: UUID
) -> None:
    contacts, crm, collector = running
    until_now(lambda: not contacts.missing() + crm.missing(), within=30, what="both ready")
    # What others left there would be published together with ours, in no trace.
    until_now(lambda: contacts.figure("ficha_outbox_events") == 0, within=30, what="an empty outbox")
    answer = httpx.post(
        f"{contacts.url}/api/v1/contacts",
        json={"kind": "company", "name": "Seguida, S.L."},
        headers={
            "Authorization": bearer("contacts", org_id),
            "X-Request-ID": "one-request",
            "traceparent": f"00-{TRACE}-b7ad6b7169203331-01",
        },
        timeout=10,
    )
    assert answer.status_code == 201
    for service, name in (
        ("ficha-contacts", "POST /api/v1/contacts"),
        ("ficha-contacts", f"create {CREATED}"),
        ("ficha-contacts", "publish ficha.events"),
        ("ficha-crm", f"consume {CREATED}:ficha.crm"),
    ):
        collector.wait_for(service, name, TRACE)

    def told(process: Process, event: str, key: str) -> list[str]:
        found = [line for line in process.lines if line.get(key) == "one-request" and line["event"] == event]
        return [line["trace_id"] for line in found]

    assert told(contacts, "request", "request_id") == [TRACE]
    assert told(crm, "event_handled", "correlation_id") == [TRACE]
