"""Relay and consumer beside aio-pika doing the same with the same bodies and queues, in the same run."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import aio_pika
import asyncpg
import uvloop
from aio_pika.abc import AbstractIncomingMessage
from sqlalchemy.ext.asyncio import AsyncSession

from local.postgres import Postgres
from local.rabbitmq import RabbitMQ, find_or_install
from shared.bus import topology
from shared.bus.amqp.transport import AmqpTransport
from shared.bus.consumer import Consumer, Subscription
from shared.bus.relay import BATCH, Relay
from shared.db.session import Database
from shared.events.base import CONTENT_TYPE, Event
from shared.identifiers import new_id
from tests.support import probe
from tests.support.probe import ThingChanged, ThingState
from tests.support.waiting import until

EVENTS, ORGANIZATIONS, ROUNDS = 10_000, 20, 3
LISTENER = "bench"
PREFETCH = 200  # the default of AmqpTransport
RAW_PUBLISHING, RELAYING = "publishing, raw aio-pika", "publishing, relay"
RAW_CONSUMING, CONSUMING = "consuming, raw aio-pika", "consuming, with inbox"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(Path(folder) / "pg").start()
        broker = RabbitMQ(Path(folder) / "rabbitmq", program=find_or_install()).start()
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                report(runner.run(measure(server, broker)))
        finally:
            broker.stop()
            server.stop()


async def measure(server: Postgres, broker: RabbitMQ) -> dict[str, list[float]]:
    """Events per second, by who moved them, one figure a round; in turn, so that all see the same machine."""
    urls = await probe.build(server, "probe")
    async with probe.connect(urls, pool_size=10) as database:
        transport = AmqpTransport(broker.url, "probe")
        transport.attach(Consumer(LISTENER, database, [Subscription(ThingChanged, nothing)]))
        await transport.declare()
        organizations = [new_id() for _ in range(ORGANIZATIONS)]
        events = [an_event(organizations[number % ORGANIZATIONS]) for number in range(EVENTS)]
        rates: dict[str, list[float]] = {name: [] for name in (RAW_PUBLISHING, RELAYING, RAW_CONSUMING, CONSUMING)}
        for _ in range(ROUNDS):
            rates[RAW_PUBLISHING].append(EVENTS / await publish_raw(broker.url, events))
            rates[RAW_CONSUMING].append(EVENTS / await consume_raw(broker.url))
            await fill(server, events)
            rates[RELAYING].append(EVENTS / await relay_all(database, transport))
            rates[CONSUMING].append(EVENTS / await consume_all(database, transport))
            await probe.empty(urls)
        await transport.close()
    return rates


def report(rates: dict[str, list[float]]) -> None:
    print(f"\nBus: {EVENTS:,} events of 1 KB over a quorum queue and a stream, {BATCH} in flight (events/s)")
    for name, figures in rates.items():
        print(f"  {name:26} {statistics.median(figures):8.0f}/s   of {', '.join(f'{f:.0f}' for f in figures)}")
    middle = {name: statistics.median(figures) for name, figures in rates.items()}
    print(
        f"  relay against raw: {middle[RELAYING] / middle[RAW_PUBLISHING]:.2f}; "
        f"consumer against raw: {middle[CONSUMING] / middle[RAW_CONSUMING]:.2f}"
    )


async def nothing(_session: AsyncSession, _event: ThingChanged) -> None:
    """What is measured is the way to the handler."""


def an_event(org_id: UUID) -> Event[ThingState]:
    """About as large as a contact."""
    subject = new_id()
    return ThingChanged(
        id=new_id(),
        occurred_at=datetime.now(UTC),
        org_id=org_id,
        subject=subject,
        version=1,
        data=ThingState(id=subject, name="x" * 700),
    )


async def publish_raw(url: str, events: Sequence[Event[ThingState]]) -> float:
    """Seconds. As fast as the library goes with this many in flight."""
    bodies = [(str(event.id), event.to_bytes()) for event in events]
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(on_return_raises=True)
        exchange = await channel.get_exchange(topology.EXCHANGE)
        turns = iter(bodies)

        async def worker() -> None:
            for event_id, body in turns:
                message = aio_pika.Message(
                    body,
                    message_id=event_id,
                    type=ThingChanged.name,
                    content_type=CONTENT_TYPE,
                    delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                    timestamp=datetime.now(UTC),  # without one, consumers compare it with their inbox at once
                )
                await exchange.publish(message, ThingChanged.name)

        started = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(BATCH)))
        return time.perf_counter() - started


async def relay_all(database: Database, transport: AmqpTransport) -> float:
    """Seconds until the outbox is empty."""
    stop = asyncio.Event()

    async def is_empty() -> bool:
        async with database.engine.connect() as connection:
            return not (await connection.exec_driver_sql("SELECT EXISTS (SELECT FROM outbox)")).scalar()

    started = time.perf_counter()
    running = asyncio.create_task(Relay("probe", database, transport).run(stop))
    await until(is_empty, within=120, every=0.05, what="the outbox empty")
    took = time.perf_counter() - started
    stop.set()
    await running
    return took


async def consume_raw(url: str) -> float:
    """Seconds until the queue is empty."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=PREFETCH)
        queue = await channel.get_queue(topology.queue(LISTENER))
        done, left = asyncio.Event(), EVENTS

        async def receive(message: AbstractIncomingMessage) -> None:
            nonlocal left
            await message.ack()
            left -= 1
            if not left:
                done.set()

        started = time.perf_counter()
        tag = await queue.consume(receive)
        await done.wait()
        took = time.perf_counter() - started
        await queue.cancel(tag)
        return took


async def consume_all(database: Database, transport: AmqpTransport) -> float:
    """Seconds until every event is in the inbox."""
    stop = asyncio.Event()

    async def all_there() -> bool:
        async with database.engine.connect() as connection:
            return (await connection.exec_driver_sql("SELECT count(*) FROM inbox")).scalar() == EVENTS

    started = time.perf_counter()
    running = asyncio.create_task(transport.run(stop))
    await until(all_there, within=120, every=0.05, what="the inbox full")
    took = time.perf_counter() - started
    stop.set()
    await running
    return took


async def fill(server: Postgres, events: Sequence[Event[ThingState]]) -> None:
    url = server.url.set(database="ficha_probe").render_as_string()
    connection = await asyncpg.connect(url)
    rows = [(e.id, e.org_id, e.subject, e.name, e.to_bytes(), e.occurred_at) for e in events]
    columns = ["event_id", "org_id", "aggregate_id", "name", "body", "recorded_at"]
    await connection.copy_records_to_table("outbox", records=rows, columns=columns)
    await connection.close()


if __name__ == "__main__":
    main()
