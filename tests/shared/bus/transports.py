"""What the suite needs of a transport, whichever it is: one class for each, the same surface."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import aio_pika
import orjson
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import ChannelNotFoundEntity
from sqlalchemy import select, text

from shared.bus import topology
from shared.bus.amqp.transport import AmqpTransport
from shared.bus.consumer import AnySubscription, Consumer, Subscription
from shared.bus.memory import MemoryHub, MemoryTransport
from shared.bus.message import Headers, Message
from shared.bus.relay import Relay
from shared.bus.transport import Transport
from shared.db.infrastructure import dead_letter, outbox
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.events.base import Event
from shared.identifiers import new_id
from tests.support.probe import OtherChanged, ThingChanged, ThingState, change_thing, effects, on_thing_changed
from tests.support.tcp_proxy import TcpProxy
from tests.support.waiting import until

ON_THING = Subscription(ThingChanged, on_thing_changed)


@dataclass(frozen=True)
class DeadLetter:
    event_id: UUID
    body: bytes
    headers: Headers


class Transports(Protocol):
    """`service` names are made unique to a test, so that no queue has an earlier test's messages."""

    def transport(self, service: str, /) -> Transport: ...
    async def close(self) -> None: ...


class MemoryTransports:
    def __init__(self) -> None:
        self._hub = MemoryHub()

    def transport(self, _: str, /) -> Transport:
        return MemoryTransport(self._hub)

    async def close(self) -> None:
        return


class AmqpTransports:
    """`via`: where the transports reach the broker, when that is not `url`."""

    def __init__(self, url: str, *, via: str | None = None) -> None:
        self.url = url
        self._via = via or url
        self._services: list[str] = []

    def transport(self, service: str, /) -> Transport:
        return self.reconciling(service, after=60)

    def reconciling(self, service: str, *, after: float) -> Transport:
        """One that looks for what never came already after so many seconds."""
        self._services.append(service)
        return AmqpTransport(self._via, service, reconcile_seconds=after)

    async def close(self) -> None:
        async with await aio_pika.connect(self.url) as connection:
            channel = await connection.channel()
            for service in self._services:
                names = [topology.queue(service), topology.dead_queue(service)]
                for name in [
                    *names,
                    *(topology.wait_queue(service, seconds) for seconds in (1, *topology.RETRY_DELAYS)),
                ]:
                    await channel.queue_delete(name)


async def dead_letters(consumer: Consumer, *, status: str = "dead") -> list[DeadLetter]:
    mine = (dead_letter.c.consumer == consumer.service) & (dead_letter.c.status == status)
    async with consumer.database.engine.connect() as connection:
        rows = (await connection.execute(select(dead_letter).where(mine))).all()
    return [DeadLetter(row.event_id, row.body, orjson.loads(row.headers)) for row in rows]


@asynccontextmanager
async def channel_to(url: str) -> AsyncIterator[AbstractChannel]:
    """A plain channel that raises nothing for what is returned: aio-pika as it comes."""
    async with await aio_pika.connect(url) as connection:
        yield await connection.channel()


async def count_in(channel: AbstractChannel, queue: str) -> int:
    """Messages that wait in it. Raises ChannelNotFoundEntity."""
    declared = await channel.declare_queue(queue, passive=True)
    return declared.declaration_result.message_count or 0


async def exists(url: str, queue: str) -> bool:
    async with channel_to(url) as channel:
        try:
            await channel.declare_queue(queue, passive=True)
        except ChannelNotFoundEntity:
            return False
    return True


def through(proxy: TcpProxy) -> str:
    """The broker's address by way of the proxy."""
    return f"amqp://guest:guest@127.0.0.1:{proxy.port}/"


def unique(service: str) -> str:
    return f"{service}_{new_id().hex[-10:]}"


def listening(
    transports: Transports, database: Database, *subscriptions: AnySubscription, retry_delays: Sequence[int] = (1, 1)
) -> tuple[Consumer, Transport]:
    consumer = Consumer(unique("listener"), database, subscriptions, retry_delays=tuple(retry_delays))
    transport = transports.transport(consumer.service)
    transport.attach(consumer)
    return consumer, transport


@asynccontextmanager
async def running(*parts: Transport | Relay) -> AsyncIterator[None]:
    """Run them until the block is left, then stop them as a process would, and see them end."""
    stop = asyncio.Event()
    transports = [part for part in parts if not isinstance(part, Relay)]
    tasks = [asyncio.create_task(part.run(stop)) for part in parts]
    try:
        for transport in transports:
            await registered(transport)
        yield
    finally:
        stop.set()
        async with asyncio.timeout(15):
            await asyncio.gather(*tasks)
        for transport in transports:
            await transport.close()


async def registered(transport: Transport) -> None:
    async def ready() -> bool:
        return transport.missing() is None

    await until(ready, within=30, what="every consumer registered")


def missing(transport: Transport) -> Callable[[], Awaitable[str | None]]:
    """For `until`: what it says it lacks."""

    async def said() -> str | None:
        return transport.missing()

    return said


async def waiting_rows(database: Database) -> list[UUID]:
    """Event ids in the outbox."""
    async with database.engine.connect() as connection:
        return list((await connection.execute(select(outbox.c.event_id).order_by(outbox.c.position))).scalars())


async def drained(database: Database, *, within: float = 20) -> None:
    async def is_empty() -> bool:
        return not await waiting_rows(database)

    await until(is_empty, within=within, what="the outbox empty")


async def record(
    database: Database, scope: Scope, subject: UUID | None = None, *, version: int = 1, other: bool = False
) -> Event[ThingState]:
    async with database.transaction(scope) as session:
        return await change_thing(
            session, subject or new_id(), version=version, event=OtherChanged if other else ThingChanged
        )


async def record_many(database: Database, scope: Scope, count: int) -> list[Event[ThingState]]:
    async with database.transaction(scope) as session:
        return [await change_thing(session, new_id(), version=1) for _ in range(count)]


async def applied(database: Database, subject: UUID) -> list[int]:
    """The versions a listener's copy went through."""
    async with database.engine.connect() as connection:
        found = await connection.scalar(text("SELECT applied FROM copy WHERE id = :id"), {"id": subject})
    return list(found or [])


async def see(database: Database, events: Sequence[Event[ThingState]], *, within: float = 10) -> None:
    """Wait until each has had its effect, then find that it had exactly one."""
    wanted = {event.id for event in events}

    async def all_there() -> bool:
        return wanted <= set(await effects(database))

    await until(all_there, within=within, what=f"{len(wanted)} effects")
    counted = Counter(await effects(database, wanted))
    assert set(counted.values()) <= {1}, "an event had its effect twice"


def message_of(event: Event[ThingState]) -> Message:
    return Message(event.id, event.name, event.to_bytes())
