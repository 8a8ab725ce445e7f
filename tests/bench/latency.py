"""From a commit in one service to the handler in another, over RabbitMQ, at a steady hundred events a second."""

import asyncio
import tempfile
import time
from pathlib import Path
from uuid import UUID

import uvloop
from sqlalchemy.ext.asyncio import AsyncSession

from local.postgres import Postgres
from local.rabbitmq import RabbitMQ, find_or_install
from shared.bus.amqp.transport import AmqpTransport
from shared.bus.consumer import Subscription
from shared.db.tenancy import Scope
from shared.events.base import Event
from shared.identifiers import new_id
from shared.worker import Worker
from tests.bench.load import Figures
from tests.support import probe
from tests.support.probe import ThingChanged, ThingState, change_thing
from tests.support.waiting import until

PER_SECOND, SECONDS, WARMING = 100, 20, 100


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(Path(folder) / "pg").start()
        broker = RabbitMQ(Path(folder) / "rabbitmq", program=find_or_install()).start()
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                figures = runner.run(measure(server, broker))
        finally:
            broker.stop()
            server.stop()
    print(
        f"\nCommit → handler in another service, RabbitMQ, {PER_SECOND} events/s for {SECONDS} s: "
        f"p50 {figures.percentile(0.5):.1f} ms, p99 {figures.percentile(0.99):.1f} ms"
    )


async def measure(server: Postgres, broker: RabbitMQ) -> Figures:
    handled: dict[UUID, float] = {}

    async def note(_: AsyncSession, event: Event[ThingState]) -> None:
        handled[event.id] = time.perf_counter()

    stop = asyncio.Event()
    writing, listening = await probe.build(server, "probe"), await probe.build(server, "listener")
    async with probe.connect(writing) as publisher, probe.connect(listening) as listener:
        subscriber = AmqpTransport(broker.url, "listener")
        workers = [
            Worker("listener", listener, subscriber, [Subscription(ThingChanged, note)]),
            Worker("probe", publisher, AmqpTransport(broker.url, "probe")),
        ]
        await subscriber.declare()
        running = [asyncio.create_task(worker.run(stop)) for worker in workers]
        committed: dict[UUID, float] = {}
        due = time.perf_counter()
        for _ in range(WARMING + PER_SECOND * SECONDS):
            due += 1 / PER_SECOND
            await asyncio.sleep(max(0, due - time.perf_counter()))
            async with publisher.transaction(Scope(org_id=new_id())) as session:
                event = await change_thing(session, new_id(), version=1)
            committed[event.id] = time.perf_counter()

        async def all_handled() -> bool:
            return committed.keys() <= handled.keys()

        await until(all_handled, within=30, what="every event handled")
        stop.set()
        await asyncio.gather(*running)
    measured = list(committed)[WARMING:]
    return Figures(sorted(handled[event_id] - committed[event_id] for event_id in measured), PER_SECOND)


if __name__ == "__main__":
    main()
