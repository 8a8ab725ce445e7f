"""The bus process of a service: all of it, or none."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import text

from shared.bus.memory import MemoryHub, MemoryTransport
from shared.bus.message import Message
from shared.bus.outbox_notifier import OutboxNotifier
from shared.bus.relay import Relay
from shared.bus.transport import Failure
from shared.db.provision import Provisioned
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.supervision import TaskDied
from shared.worker import Job, Worker
from tests.shared.bus.transports import ON_THING, record, see, waiting_rows
from tests.support import probe
from tests.support.waiting import until


class Broken(MemoryTransport):
    async def publish(self, _: Sequence[Message]) -> list[Failure | None]:
        raise ZeroDivisionError("a bug, not a fault")


async def test_a_worker_carries_events_from_one_service_to_another(
    publisher: Database, listener: Database, scope: Scope
) -> None:
    hub = MemoryHub()
    workers = [
        Worker("probe", publisher, MemoryTransport(hub)),
        Worker("listener", listener, MemoryTransport(hub), [ON_THING]),
    ]
    stop = asyncio.Event()
    running = [asyncio.create_task(worker.run(stop)) for worker in workers]
    await see(listener, [await record(publisher, scope) for _ in range(3)])
    stop.set()
    await asyncio.wait_for(asyncio.gather(*running), 10)
    assert await waiting_rows(publisher) == []


async def test_a_worker_ends_when_its_relay_dies_of_a_bug(publisher: Database, scope: Scope) -> None:
    worker = Worker("probe", publisher, Broken(MemoryHub()))
    await record(publisher, scope)
    with pytest.RaisesGroup(ZeroDivisionError):
        await asyncio.wait_for(worker.run(asyncio.Event()), 10)


async def test_a_worker_ends_when_a_job_dies(publisher: Database) -> None:
    async def job(_: asyncio.Event) -> None:
        raise KeyError("job")

    with pytest.RaisesGroup(KeyError):
        await asyncio.wait_for(
            Worker("probe", publisher, MemoryTransport(MemoryHub()), jobs=[job]).run(asyncio.Event()), 10
        )


class Deaf(MemoryTransport):
    """Its tasks end as those over a dead link do, which no task group takes notice of."""

    def __init__(self, *, where: str, how: str) -> None:
        super().__init__(MemoryHub())
        self._where = where
        self._how = how

    async def publish(self, messages: Sequence[Message]) -> list[Failure | None]:
        if self._where == "relay":
            self._end()
        return await super().publish(messages)

    async def run(self, stop: asyncio.Event) -> None:
        if self._where == "transport":
            self._end()
        else:
            await super().run(stop)

    def job(self) -> Job:
        async def run(stop: asyncio.Event) -> None:
            if self._where == "job":
                self._end()
            else:
                await stop.wait()

        return run

    def _end(self) -> None:
        if self._how == "cancelled":
            raise asyncio.CancelledError


@pytest.mark.parametrize(
    ("where", "how"),
    [
        ("relay", "cancelled"),
        ("transport", "cancelled"),
        ("transport", "too early"),
        ("job", "cancelled"),
        ("job", "too early"),
    ],
)
async def test_a_worker_ends_when_a_task_ends_without_an_error(
    publisher: Database, scope: Scope, where: str, how: str
) -> None:
    transport = Deaf(where=where, how=how)
    await record(publisher, scope)
    with pytest.RaisesGroup(TaskDied):
        await asyncio.wait_for(Worker("probe", publisher, transport, jobs=[transport.job()]).run(asyncio.Event()), 10)


async def test_a_relay_that_was_cancelled_leaves_the_lead_to_the_next(
    publisher: Database, listener: Database, scope: Scope
) -> None:
    first = asyncio.create_task(Worker("probe", publisher, MemoryTransport(MemoryHub())).run(asyncio.Event()))

    async def leads() -> bool:
        async with publisher.engine.connect() as connection:
            return bool(await connection.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")))

    await until(leads)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)

    hub = MemoryHub()
    stop = asyncio.Event()
    workers = [
        Worker("probe", publisher, MemoryTransport(hub)),
        Worker("listener", listener, MemoryTransport(hub), [ON_THING]),
    ]
    running = [asyncio.create_task(worker.run(stop)) for worker in workers]
    await see(listener, [await record(publisher, scope)])
    stop.set()
    await asyncio.gather(*running)


async def test_a_process_that_only_writes_wakes_the_relay_of_another(
    publisher: Database, probe_urls: Provisioned, scope: Scope
) -> None:
    out = MemoryTransport(MemoryHub())
    stop = asyncio.Event()
    async with probe.connect(probe_urls) as elsewhere:
        # It would look by itself a minute later only.
        tasks = [
            asyncio.create_task(Relay("probe", elsewhere, out, poll_seconds=60).run(stop)),
            asyncio.create_task(OutboxNotifier(publisher).run(stop)),
        ]

        async def nothing_waits() -> bool:
            return not await waiting_rows(publisher)

        for _ in range(3):
            await record(publisher, scope)
            await until(nothing_waits)
        stop.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 10)
