"""What is there when all is quiet again: gathered from the stream, the databases and the queues."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import aio_pika
import asyncpg
import orjson
from aio_pika.abc import AbstractIncomingMessage

from local.wiring import SERVICES
from shared.bus import topology
from shared.identifiers import new_id
from tests.chaos import ledger
from tests.chaos.ledger import ACTIVITY, CONTACT, DOCUMENT, NOTE, SEND, Accepted
from tests.chaos.stack import Stack

Rows = dict[str, tuple[object, ...]]
"""By id, what is compared."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event as somebody heard it. `family` is owner and aggregate: `contacts.contact`."""

    event_id: str
    family: str
    id: str
    version: int


@dataclass(frozen=True, slots=True)
class Evidence:
    accepted: Sequence[Accepted]
    published: Sequence[Told]
    """The stream, in its order; the relay may have published an event twice."""
    followed: Sequence[Told]
    """The feed, by position: the effects of one consumer."""
    owned: dict[str, dict[str, int]]
    """By family and id, the version that the owner has now."""
    copies: dict[str, tuple[Rows, Rows]]
    """By name, what a service has and what it should have."""
    mails: tuple[Sequence[str], Sequence[str]]
    """Ids of the mails asked for, and of those that went out: one entry for each time."""
    waiting: dict[str, int] = field(default_factory=dict)
    """What has not come to rest, where."""


async def come_to_rest(stack: Stack, *, within: float) -> dict[str, int]:
    """Wait until nothing is on its way any more; answers what still is when the time is over."""
    deadline = time.monotonic() + within
    while True:
        try:
            waiting = await _waiting(stack)
        except (OSError, asyncpg.PostgresError, aio_pika.exceptions.AMQPError) as error:
            waiting = {repr(error): 1}
        if not waiting or time.monotonic() > deadline:
            return waiting
        await asyncio.sleep(0.5)


async def gather(stack: Stack, ledger_path: Path, waiting: dict[str, int]) -> Evidence:
    accepted = list(ledger.read(ledger_path))
    return Evidence(
        accepted=accepted,
        published=await _stream(stack.broker.url),
        followed=await _feed(stack),
        owned={
            CONTACT: await _versions(stack, "contacts", "contact"),
            NOTE: await _versions(stack, "crm", "note"),
            ACTIVITY: await _versions(stack, "crm", "activity"),
            DOCUMENT: await _versions(stack, "documents", "document"),
        },
        copies=await _copies(stack),
        mails=([entry.id for entry in accepted if entry.family == SEND], await _sent(stack)),
        waiting=waiting,
    )


async def _waiting(stack: Stack) -> dict[str, int]:
    found: dict[str, int] = {}
    last = await _last_published(stack.broker.url)
    for service in SERVICES:
        connection = await stack.connect(service)
        for table, condition in (("outbox", "true"), ("dead_letter", "status = 'dead'"), ("parked_message", "true")):
            found[f"{service}: {table}"] = await connection.fetchval(f"SELECT count(*) FROM {table} WHERE {condition}")
        behind = "SELECT count(*) FROM log_position WHERE checked_until < $1"
        found[f"{service}: not compared with the log"] = await connection.fetchval(behind, last)
        if service == "notifications":
            found["notifications: delivery"] = await connection.fetchval("SELECT count(*) FROM delivery")
        await connection.close()
    async with await aio_pika.connect(stack.broker.url) as broker:
        channel = await broker.channel()
        for service in SERVICES:
            waits = [topology.wait_queue(service, seconds) for seconds in topology.RETRY_DELAYS]
            for name in (topology.queue(service), topology.dead_queue(service), *waits):
                queue = await channel.declare_queue(name, passive=True)
                found[name] = queue.declaration_result.message_count or 0
    return {where: count for where, count in found.items() if count}


async def _last_published(url: str) -> datetime:
    """When the newest event was published: one of the stream's last chunk. Raises TimeoutError."""
    times, came = list[datetime](), asyncio.Event()

    async def receive(message: AbstractIncomingMessage) -> None:
        if message.timestamp:
            times.append(message.timestamp)
            came.set()
        await message.ack()

    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=1000)
        queue = await channel.get_queue(topology.LOG_STREAM)
        await queue.consume(receive, arguments={topology.STREAM_OFFSET: "last"})
        await asyncio.wait_for(came.wait(), 10)
        await asyncio.sleep(0.1)  # the rest of the chunk
    return max(times)


async def _stream(url: str) -> list[Told]:
    """All of it, up to a mark put there now."""
    mark, told, done = str(new_id()), list[Told](), asyncio.Event()

    async def receive(message: AbstractIncomingMessage) -> None:
        if message.message_id == mark:
            done.set()
        elif message.type:
            told.append(_told(message.body))
        await message.ack()

    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=1000)
        await channel.default_exchange.publish(aio_pika.Message(b"", message_id=mark), topology.LOG_STREAM)
        queue = await channel.get_queue(topology.LOG_STREAM)
        await queue.consume(receive, arguments={topology.STREAM_OFFSET: "first"})
        await asyncio.wait_for(done.wait(), 120)
    return told


async def _feed(stack: Stack) -> list[Told]:
    connection = await stack.connect("gateway")
    rows = await connection.fetch("SELECT body FROM event_log ORDER BY org_id, position")
    await connection.close()
    return [_told(row["body"]) for row in rows]


def _told(body: bytes) -> Told:
    envelope = orjson.loads(body)
    family = ".".join(envelope["type"].split(".")[1:3])
    if envelope["type"].endswith(".document.send_requested.v1"):
        family = SEND  # a wish of its own, not a version of the document
    return Told(envelope["id"], family, envelope["subject"], envelope["aggregateversion"])


async def _versions(stack: Stack, service: str, table: str) -> dict[str, int]:
    return {
        key: int(str(version)) for key, (version,) in (await _rows(stack, service, f"id, version FROM {table}")).items()
    }


async def _copies(stack: Stack) -> dict[str, tuple[Rows, Rows]]:
    contacts = await _rows(stack, "contacts", "id, version, deleted_at IS NOT NULL AS deleted, name FROM contact")
    without_names = {key: row[:2] for key, row in contacts.items()}
    documents = await _rows(stack, "documents", "id, version, status, total FROM document WHERE side = 'sales'")
    return {
        "documents' contacts": (
            await _rows(stack, "documents", "id, version, deleted, state ->> 'name' FROM contact_copy"),
            contacts,
        ),
        "crm's contacts": (await _rows(stack, "crm", "id, version, deleted, name FROM contact_copy"), contacts),
        "portal's contacts": (
            await _rows(stack, "portal", "contact_id, version, deleted, name FROM contact"),
            contacts,
        ),
        "files' contacts": (await _rows(stack, "files", "id, version, deleted FROM contact"), without_names),
        "portal's documents": (await _rows(stack, "portal", "id, version, status, total FROM document"), documents),
    }


async def _sent(stack: Stack) -> list[str]:
    connection = await stack.connect("notifications")
    rows = await connection.fetch("SELECT message_id FROM attempt WHERE outcome = 'accepted'")
    await connection.close()
    return [str(row["message_id"]) for row in rows]


async def _rows(stack: Stack, service: str, select: str) -> Rows:
    connection = await stack.connect(service)
    rows = await connection.fetch(f"SELECT {select}")
    await connection.close()
    return {str(row[0]): tuple(row)[1:] for row in rows}
