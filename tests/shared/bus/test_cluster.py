"""Three brokers that are one, and the one that leads the queue goes: killed, or frozen for a while."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from local.rabbitmq import find_or_install
from local.rabbitmq_cluster import Member, RabbitMQCluster
from shared.bus import topology
from shared.bus.amqp.transport import AmqpTransport
from shared.bus.consumer import Consumer
from shared.bus.relay import Relay
from shared.bus.waiting import wait_for_any
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.events.base import Event
from shared.identifiers import new_id
from tests.shared.bus.transports import (
    ON_THING,
    AmqpTransports,
    applied,
    dead_letters,
    drained,
    listening,
    record,
    registered,
    running,
    see,
    through,
)
from tests.support.probe import ThingState
from tests.support.tcp_proxy import TcpProxy, tcp_proxy
from tests.support.waiting import until


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMQCluster]:
    program = find_or_install()
    if program is None:
        pytest.skip("a cluster needs RabbitMQ installed: containers, which this machine has, run single nodes")
    nodes = RabbitMQCluster(tmp_path_factory.mktemp("cluster"), program=program).start()
    yield nodes
    nodes.stop()


@dataclass
class Writer:
    """Writes all the time, a hundred times a second. It knows nothing of brokers, so no write may fail."""

    database: Database
    scope: Scope
    subjects: Sequence[UUID] = field(default_factory=lambda: [new_id() for _ in range(20)])
    events: list[Event[ThingState]] = field(default_factory=list)
    version: int = 0

    async def write(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self.version += 1
            for subject in self.subjects:
                self.events.append(await record(self.database, self.scope, subject, version=self.version))
            await wait_for_any(stop, within=0.2)

    async def has_written(self, more: int) -> None:
        wanted = len(self.events) + more

        async def written() -> bool:
            return len(self.events) >= wanted

        await until(written, within=30, what=f"{more} more writes")


@asynccontextmanager
async def writing(database: Database, scope: Scope) -> AsyncIterator[Writer]:
    """On leaving, what failed to be written is raised."""
    writer, stop = Writer(database, scope), asyncio.Event()
    task = asyncio.create_task(writer.write(stop))
    try:
        yield writer
    finally:
        stop.set()
        await task


@dataclass(frozen=True)
class Led:
    """A queue's leader, where every connection begins, and the door to another node, which opens with `heal`."""

    leader: Member
    other: Member
    door: TcpProxy
    consumer: Consumer
    transport: AmqpTransport


async def leader_of(consumer: Consumer, *, asking: Member) -> str:
    async def named() -> str | None:
        return await asyncio.to_thread(asking.leader_of, topology.queue(consumer.service))

    return await until(named, within=30, what="a leader")


@pytest.fixture
async def led(cluster: RabbitMQCluster, listener: Database) -> AsyncIterator[Led]:
    consumer, anywhere = listening(AmqpTransports(cluster.url), listener, ON_THING)
    assert isinstance(anywhere, AmqpTransport)
    await anywhere.declare()
    leader = cluster[await leader_of(consumer, asking=cluster.nodes[0])]
    other = next(node for node in cluster.nodes if node is not leader)
    async with tcp_proxy(other.port) as door:
        door.refuse()
        transport = AmqpTransport(f"{leader.url},{through(door)}", consumer.service)
        transport.attach(consumer)
        yield Led(leader, other, door, consumer, transport)


async def all_arrived(led: Led, writer: Writer) -> None:
    """Once, and in order for each subject."""
    await see(led.consumer.database, writer.events, within=60)
    await drained(writer.database)
    await registered(led.transport)
    for subject in writer.subjects:
        versions = await applied(led.consumer.database, subject)
        assert versions == sorted(set(versions))
        assert versions[-1] == writer.version
    assert await dead_letters(led.consumer) == []


async def test_a_leader_that_is_killed_costs_no_write_and_no_event(led: Led, publisher: Database, scope: Scope) -> None:
    async with running(led.transport, Relay("probe", publisher, led.transport)):
        async with writing(publisher, scope) as writer:
            await writer.has_written(100)
            await see(led.consumer.database, writer.events[:100])
            await led.door.heal()
            led.leader.kill()
            try:
                await writer.has_written(200)
                await see(led.consumer.database, writer.events[:300], within=30)
                assert await leader_of(led.consumer, asking=led.other) != led.leader.name
                assert led.door.accepted, "nobody was at the leader"
            finally:
                await asyncio.to_thread(led.leader.start)
            await writer.has_written(100)
        await all_arrived(led, writer)


async def test_a_leader_that_freezes_for_ten_seconds_costs_no_write_and_doubles_no_effect(
    led: Led, publisher: Database, scope: Scope
) -> None:
    async with running(led.transport, Relay("probe", publisher, led.transport)):
        async with writing(publisher, scope) as writer:
            await writer.has_written(100)
            await see(led.consumer.database, writer.events[:100])
            await led.door.heal()
            led.leader.pause()
            before = len(writer.events)
            try:
                await asyncio.sleep(10)  # as long as is promised
            finally:
                led.leader.resume()
            assert len(writer.events) > before + 200, "writes waited for the broker"
            await writer.has_written(100)
        await all_arrived(led, writer)
