"""A bad network under both ends of the bus while events flow: each has its effect once, in order, and all is well
again by itself when the network is.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from local.rabbitmq import RabbitMQ
from shared.bus.amqp import connection
from shared.bus.amqp.transport import AmqpTransport
from shared.bus.consumer import Consumer, Subscription
from shared.bus.relay import Relay
from shared.bus.transport import Transport
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.events.base import Event
from shared.identifiers import new_id
from tests.shared.bus.transports import (
    AmqpTransports,
    applied,
    dead_letters,
    drained,
    listening,
    message_of,
    missing,
    record,
    registered,
    running,
    see,
    through,
    unique,
)
from tests.support.probe import ThingChanged, ThingState, on_thing_changed
from tests.support.tcp_proxy import TcpProxy, Way, tcp_proxy
from tests.support.waiting import until

Fault = Callable[[TcpProxy], None]


def drop(proxy: TcpProxy) -> None:
    proxy.refuse()
    proxy.reset()


BLOCKING: dict[str, Fault] = {
    "cable out": TcpProxy.hold,
    "black hole": TcpProxy.swallow,
    "mute": lambda proxy: proxy.swallow(Way.TO_SERVER),
    "deaf": lambda proxy: proxy.swallow(Way.TO_CLIENT),
    "refused": drop,
}


@dataclass(frozen=True)
class Traffic:
    """Who publishes and who listens, each through a proxy of its own, and what was recorded so far."""

    publisher: Database
    scope: Scope
    consumer: Consumer
    out: Transport
    subscriber: Transport
    proxies: tuple[TcpProxy, TcpProxy]
    subjects: Sequence[UUID]
    events: list[Event[ThingState]]

    async def write(self, versions: int) -> None:
        """So many more of each subject."""
        first = len(self.events) // len(self.subjects) + 1
        for version in range(first, first + versions):
            for subject in self.subjects:
                self.events.append(await record(self.publisher, self.scope, subject, version=version))

    @property
    def cuts(self) -> int:
        return sum(proxy.broken for proxy in self.proxies)

    async def all_is_well(self) -> None:
        """With nobody's help: everything had its effect once and in order, nothing waits, everybody is back."""
        await see(self.consumer.database, self.events, within=30)
        await drained(self.publisher)
        await registered(self.subscriber)
        await registered(self.out)
        for subject in self.subjects:
            versions = await applied(self.consumer.database, subject)
            assert versions == sorted(set(versions))
            assert versions[-1] == len(self.events) // len(self.subjects)
        assert await dead_letters(self.consumer) == []


@pytest.fixture
async def traffic(
    rabbitmq: RabbitMQ, publisher: Database, listener: Database, scope: Scope, impatient: None
) -> AsyncIterator[Traffic]:
    """Flowing, some of it by way of a waiting queue."""
    tried: set[UUID] = set()

    async def stumble(session: AsyncSession, event: ThingChanged) -> None:
        if event.version % 5 == 0 and event.id not in tried:
            tried.add(event.id)
            raise RuntimeError("not yet")
        await on_thing_changed(session, event)

    async with tcp_proxy(rabbitmq.port) as near, tcp_proxy(rabbitmq.port) as far:
        here, there = (AmqpTransports(rabbitmq.url, via=through(proxy)) for proxy in (near, far))
        consumer, subscriber = listening(there, listener, Subscription(ThingChanged, stumble))
        out = here.transport(unique("probe"))
        subjects = [new_id() for _ in range(5)]
        async with running(subscriber, out, Relay("probe", publisher, out, poll_seconds=0.1)):
            made = Traffic(publisher, scope, consumer, out, subscriber, (near, far), subjects, [])
            await made.write(6)
            await see(listener, made.events)
            yield made
        await there.close()
        await here.close()


@pytest.mark.parametrize("fault", BLOCKING)
async def test_a_link_that_carries_nothing_is_noticed_and_replaced(traffic: Traffic, fault: str) -> None:
    writing = asyncio.create_task(traffic.write(20))
    for proxy in traffic.proxies:
        BLOCKING[fault](proxy)
    await writing
    assert await until(missing(traffic.subscriber)) == "consumer not registered"
    assert await until(missing(traffic.out)) == "broker unreachable"
    for proxy in traffic.proxies:
        await proxy.heal()
    await traffic.write(4)
    await traffic.all_is_well()


async def test_links_that_are_reset_again_and_again_lose_and_double_nothing(traffic: Traffic) -> None:
    for _ in range(6):
        before = [proxy.accepted for proxy in traffic.proxies]
        writing = asyncio.create_task(traffic.write(4))
        for proxy in traffic.proxies:
            proxy.reset()
        await writing

        async def both_came_back(before: Sequence[int] = before) -> bool:
            return all(proxy.accepted > count for proxy, count in zip(traffic.proxies, before, strict=True))

        await until(both_came_back)
    await traffic.all_is_well()


@pytest.mark.parametrize("way", Way)
async def test_links_cut_in_the_middle_of_a_frame_lose_and_double_nothing(traffic: Traffic, way: Way) -> None:
    for count in (3, 700, 5_000):
        for proxy in traffic.proxies:
            proxy.cut_after(count, way)
        before = traffic.cuts
        while traffic.cuts < before + 2:
            await traffic.write(1)
        for proxy in traffic.proxies:
            await proxy.heal()
    await traffic.all_is_well()


async def test_a_slow_link_only_takes_longer(traffic: Traffic) -> None:
    for proxy in traffic.proxies:
        proxy.delay(0.1)
    accepted = [proxy.accepted for proxy in traffic.proxies]
    await traffic.write(10)
    await traffic.all_is_well()
    assert [proxy.accepted for proxy in traffic.proxies] == accepted, "it was taken for dead"


async def test_of_several_nodes_any_that_answers_will_do(
    rabbitmq: RabbitMQ, proxy: TcpProxy, publisher: Database, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever is tried first: one is not there, one takes the call and says nothing, one is well."""
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 3.0)
    proxy.hold()
    addresses = ("amqp://guest:guest@127.0.0.1:1/", through(proxy), rabbitmq.url)
    message = message_of(await record(publisher, scope))
    while proxy.accepted == 0:
        out = AmqpTransport(", ".join(addresses), "probe")
        assert await out.publish([message]) == [None]
        await out.close()
    nowhere = AmqpTransport(",".join(addresses[:2]), "probe")
    [failure] = await nowhere.publish([message])
    assert failure
    assert failure.link
    assert nowhere.missing() == "broker unreachable"
