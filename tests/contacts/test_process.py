"""The service as processes, HTTP and worker together or apart, while their broker goes away and comes back."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import aio_pika
import httpx
import pytest

from local.rabbitmq import RabbitMQ
from shared.bus import topology
from tests.support.identity import bearer
from tests.support.postgres import Databases
from tests.support.process import Process, started
from tests.support.waiting import until_now

WRITES = 40


@dataclass(frozen=True)
class Contacts:
    """Three processes over one database, as one would run it: two ways at once, which is allowed."""

    together: Process
    http: Process
    worker: Process


@pytest.fixture(scope="module")
async def contacts(
    databases: Databases, rabbitmq: RabbitMQ, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Contacts]:
    values = {"DATABASE_URL": (await databases.urls("contacts")).database_url, "AMQP_URL": rabbitmq.url}
    folder = tmp_path_factory.mktemp("contacts")

    def start(*options: str) -> Process:
        return stack.enter_context(started("contacts", values, folder, options=options))

    with ExitStack() as stack:
        starting = [asyncio.to_thread(start, *options) for options in ([], ["--only", "http"], ["--only", "worker"])]
        yield Contacts(*await asyncio.gather(*starting))
        await asyncio.to_thread(stack.close)


def write(process: Process, org_id: UUID, number: int) -> str:
    answer = httpx.post(
        f"{process.url}/api/v1/contacts",
        json={"kind": "company", "name": f"Sin Correo {number}, S.L."},
        headers={"Authorization": bearer("contacts", org_id)},
        timeout=10,
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def own_queue(process: Process) -> float | None:
    return process.figure("ficha_consumer_queue_messages", queue=topology.queue("contacts"))


def outbox_of(contacts: Contacts) -> float:
    """As a dashboard reads it: the maximum of what the workers say."""
    return max(process.figure("ficha_outbox_events") or 0 for process in (contacts.together, contacts.worker))


def test_a_worker_alone_has_health_and_metrics_and_no_business(contacts: Contacts, org_id: UUID) -> None:
    worker = contacts.worker
    until_now(lambda: not worker.missing(), within=20, what="the worker ready")
    until_now(lambda: worker.figure("ficha_bus_ready") == 1, within=15, what="the figures looked at")
    until_now(lambda: own_queue(worker) == 0, within=15, what="the queue looked at")
    path = f"{worker.url}/api/v1/contacts"
    assert httpx.get(path, headers={"Authorization": bearer("contacts", org_id)}).status_code == 404
    assert httpx.get(f"{worker.url}/api/v1/openapi.json").status_code == 404
    assert contacts.http.missing() == []
    assert "ficha_outbox_events" not in contacts.http.get("/metrics").text


async def test_a_process_whose_worker_dies_ends(databases: Databases) -> None:
    """Its HTTP door too: half a service looks like a whole one. A name that is none is no fault of the broker's."""
    values = {"DATABASE_URL": (await databases.urls("contacts")).database_url, "AMQP_URL": "amqp://no..name/"}
    environment = {**os.environ, "CONTACTS_PORT": "0", **{f"CONTACTS_{name}": text for name, text in values.items()}}
    command = [sys.executable, "-m", "contacts"]
    done = await asyncio.to_thread(
        subprocess.run, command, env=environment, capture_output=True, timeout=120, check=False
    )
    assert done.returncode not in (0, 2), done.stderr.decode()
    assert b"label empty or too long" in done.stderr
    [alive] = [json.loads(line) for line in done.stderr.splitlines() if b'"started"' in line]
    assert time.time() - datetime.fromisoformat(alive["timestamp"]).timestamp() < 20


async def test_writes_go_on_while_the_broker_is_away_and_ready_says_what_is_missing(
    contacts: Contacts, rabbitmq: RabbitMQ, org_id: UUID
) -> None:
    async with await aio_pika.connect(rabbitmq.url) as connection:
        channel = await connection.channel()
        witness = await channel.declare_queue("witness", durable=True, arguments={"x-queue-type": "quorum"})
        await asyncio.to_thread(until_now, lambda: not contacts.worker.missing(), within=20)
        await witness.bind(topology.EXCHANGE, "ficha.contacts.contact.created.v1")

    await asyncio.to_thread(rabbitmq.stop)
    written = await asyncio.to_thread(outage, contacts, org_id)
    await asyncio.to_thread(rabbitmq.start)
    await asyncio.to_thread(until_recovered, contacts)

    heard: set[str] = set()
    async with await aio_pika.connect(rabbitmq.url) as connection:
        channel = await connection.channel()
        witness = await channel.get_queue("witness")
        while message := await witness.get(fail=False, no_ack=True):
            heard |= {contact for contact in written if contact.encode() in message.body}
        await witness.delete(if_unused=False, if_empty=False)
    assert heard == written


def outage(contacts: Contacts, org_id: UUID) -> set[str]:
    """Write to both doors all through it; answers the contacts made."""
    for process in (contacts.together, contacts.worker):
        until_now(process.missing, within=20, what="readiness noticing")
    written = {write(door, org_id, number) for number in range(WRITES) for door in (contacts.together, contacts.http)}
    for process in (contacts.together, contacts.worker):
        assert process.missing() == ["consumer not registered"]
    assert contacts.http.missing() == []
    until_now(lambda: outbox_of(contacts) >= len(written), within=10, what="the depth shown")
    until_now(lambda: own_queue(contacts.worker) is None, within=10, what="no old figure of the queue")
    return written


def until_recovered(contacts: Contacts) -> None:
    until_now(lambda: not contacts.together.missing() + contacts.worker.missing(), within=20, what="readiness back")
    until_now(lambda: outbox_of(contacts) == 0, within=20, what="the backlog gone")
