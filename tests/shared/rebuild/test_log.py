"""Rebuilding from the log stream: used wherever its newest events are what the owner has now, and nowhere else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika
import asyncpg
import pytest
from sqlalchemy import make_url

from local.postgres import Postgres
from local.rabbitmq import RabbitMQ
from shared.bus.amqp.transport import AmqpTransport
from shared.bus.relay import Relay
from shared.bus.topology import LOG_STREAM
from shared.db.provision import Provisioned
from shared.identifiers import new_id
from shared.rebuild.errors import CannotRebuild
from shared.rebuild.rebuilder import TOGETHER
from shared.rebuild.staging import StagedEvent, Staging
from tests.shared.bus.transports import AmqpTransports, drained, listening, running, unique
from tests.shared.rebuild.world import KEEPS, Gate, World, message_of
from tests.support.outbox import recorded
from tests.support.probe import ThingChanged
from tests.support.tcp_proxy import Way, tcp_proxy
from tests.support.waiting import until

PAGES = 2 * TOGETHER + 7


@pytest.fixture
async def world(world: World, rabbitmq: RabbitMQ) -> World:
    world.amqp_url = rabbitmq.url
    return world


@asynccontextmanager
async def relaying(world: World) -> AsyncIterator[None]:
    """The owner's relay runs; on leaving, everything recorded is in the log."""
    out = AmqpTransport(str(world.amqp_url), unique("probe"))
    async with running(Relay("probe", world.owner, out), out):
        yield
        await drained(world.owner)


async def test_it_is_enough_where_it_tells_all_there_is(world: World) -> None:
    async with relaying(world):
        first, second = await world.organization(), await world.organization()
        things = [await world.thing(first, f"thing {number}") for number in range(PAGES)]
        await world.change(first, things[0], "renamed", version=2)
        await world.change(first, things[1], "gone", version=2, gone=True)
        await world.thing(second, "of another organisation")
    before = await world.copies()
    await world.spoil("DELETE FROM copy WHERE id = ANY (:ids)", ids=things[:50])
    await world.spoil("UPDATE copy SET name = 'spoilt', version = 999 WHERE id = ANY (:ids)", ids=things[150:])
    await world.spoil("INSERT INTO copy (org_id, id, version) VALUES (:org, :id, 1)", org=second, id=new_id())
    report = await world.rebuild("stream")
    assert await world.copies() == before  # the tombstone included
    assert (report.from_log, report.from_owners, report.dropped) == (PAGES + 1, 0, 1)


async def test_where_it_no_longer_reaches_back_the_owner_is_asked(world: World) -> None:
    org_id = await world.organization()
    long_ago = [await world.thing(org_id, "long ago", told=False) for _ in range(3)]
    await world.forget_unsent()
    async with relaying(world):
        lately = [await world.thing(org_id, "lately", told=False) for _ in range(PAGES)]
    with pytest.raises(CannotRebuild, match=r"does not tell all of probe\.thing"):
        await world.rebuild("stream")
    assert await world.copies() == []
    report = await world.rebuild()
    assert [row[1] for row in await world.copies()] == sorted(long_ago + lately)
    # Ids sort by age: what is older than the log comes first, and only that part is asked for.
    assert (report.from_owners, report.facts) == (TOGETHER, PAGES + 3)


async def test_an_older_version_in_the_log_is_not_taken_for_the_present_one(world: World) -> None:
    """As after a time on another bus: the log knows everything, and not the last of it."""
    org_id = await world.organization()
    async with relaying(world):
        thing = await world.thing(org_id, "in the log")
    await world.change(org_id, thing, "never sent", version=2, told=False)
    report = await world.rebuild()
    assert await world.copies() == [(org_id, thing, 2, "never sent", False)]
    assert (report.from_owners, report.from_log) == (1, 0)


async def test_a_version_that_was_published_again_after_a_newer_one_changes_nothing(world: World) -> None:
    org_id = await world.organization()
    out = AmqpTransport(str(world.amqp_url), unique("probe"))
    thing = await world.thing(org_id, "old", told=False)
    [old] = await recorded(world.owner, org_id)
    new = await world.change(org_id, thing, "new", version=2, told=False)
    async with running(out):
        assert await out.publish([message_of(event) for event in (old, new, old)]) == [None] * 3
    await world.rebuild("stream")
    assert await world.copies() == [(org_id, thing, 2, "new", False)]


async def test_the_newest_of_what_the_log_told_stands_however_it_was_read(world: World) -> None:
    org_id, thing = new_id(), new_id()
    told = [StagedEvent(org_id, "probe.thing", thing, version, False, b"%d" % version) for version in (1, 2, 3)]
    async with Staging.opened(world.listener) as stage:
        for batch in (told[1:2], [told[2], told[0]], told[:2]):
            await stage.add(batch)
        found = await stage.read(org_id, "probe.thing", after=None, limit=2)
    assert (found.bodies, found.until) == ([b"3"], None)


async def test_what_is_said_meanwhile_is_neither_lost_nor_overtaken(world: World, rabbitmq: RabbitMQ) -> None:
    org_id = await world.organization()
    transports = AmqpTransports(rabbitmq.url)
    _, subscriber = listening(transports, world.listener, KEEPS)
    rebuilt = asyncio.Event()
    said = 0

    async def go_on() -> None:
        nonlocal said
        while not rebuilt.is_set() or said < 30:
            said += 1
            await world.change(org_id, things[said % PAGES], f"then {said}", version=1 + said, told=False)
            await world.thing(org_id, f"new {said}", told=False)

    async with running(subscriber), relaying(world):
        things = [await world.thing(org_id, "at first", told=False) for _ in range(PAGES)]
        await until(world.is_copied, within=30, what="every copy")
        await world.spoil("DELETE FROM copy WHERE id = ANY (:ids)", ids=things[::2])
        going_on = asyncio.create_task(go_on())
        for _ in range(3):
            await world.rebuild()
        rebuilt.set()
        await going_on
        await until(world.is_copied, within=30, what="every copy as its owner says")
    await transports.close()


async def test_without_a_broker_the_owners_are_asked(world: World) -> None:
    thing = await world.thing(await world.organization(), told=False)
    for url, reason in ((None, "There is no broker"), ("amqp://guest:guest@127.0.0.1:9/", "The log cannot be read")):
        world.amqp_url = url
        said: list[str] = []
        await world.rebuild(said=said)
        assert reason in said[0]
        assert [row[1] for row in await world.copies()] == [thing]
        with pytest.raises(CannotRebuild, match="Without the log"):
            await world.rebuild("stream")


async def test_what_nobody_can_read_in_the_log_is_passed_over(world: World) -> None:
    async with relaying(world):
        thing = await world.thing(await world.organization(), told=False)
    async with await aio_pika.connect(str(world.amqp_url)) as connection:
        channel = await connection.channel()
        for body in (b"", b"[]", b'{"data":7}', b'{"orgid":"x","subject":null,"aggregateversion":1,"data":{}}'):
            message = aio_pika.Message(body, type=ThingChanged.name)
            await channel.default_exchange.publish(message, LOG_STREAM)
    report = await world.rebuild("stream")
    assert (report.from_log, [row[1] for row in await world.copies()]) == (1, [thing])


async def test_a_log_that_breaks_off_while_it_is_read_is_left_for_the_owners(world: World, rabbitmq: RabbitMQ) -> None:
    async with relaying(world):
        org_id = await world.organization()
        things = [await world.thing(org_id, told=False) for _ in range(PAGES)]
    async with tcp_proxy(rabbitmq.port) as proxy:
        world.amqp_url = f"amqp://guest:guest@127.0.0.1:{proxy.port}/"
        proxy.cut_after(30_000, Way.TO_CLIENT)
        said: list[str] = []
        report = await world.rebuild(said=said)
    assert any("The log cannot be read" in line for line in said)
    assert (report.from_log, report.from_owners) == (0, PAGES)
    assert [row[1] for row in await world.copies()] == sorted(things)


async def test_a_log_that_is_lost_later_has_told_what_it_told(world: World, rabbitmq: RabbitMQ) -> None:
    async with relaying(world):
        org_id = await world.organization()
        things = [await world.thing(org_id, told=False) for _ in range(PAGES)]
    async with tcp_proxy(rabbitmq.port) as proxy:
        world.amqp_url = f"amqp://guest:guest@127.0.0.1:{proxy.port}/"
        world.gate = gate = Gate()
        rebuilding = asyncio.create_task(world.rebuild())
        await gate.reached.wait()
        proxy.refuse()
        proxy.reset()
        await world.change(org_id, things[-1], "since then", version=2, told=False)
        gate.opened.set()
        report = await rebuilding
    assert report.from_log > 0
    assert report.from_owners > 0
    assert [row[1:4] for row in await world.copies()] == [
        *((thing, 1, "thing") for thing in sorted(things)[:-1]),
        (things[-1], 2, "since then"),
    ]


async def test_a_role_that_may_not_sort_the_log_says_what_it_needs(
    world: World, postgres: Postgres, listener_urls: Provisioned
) -> None:
    """Where the platform makes the roles, it may have forgotten."""
    role, database = "ficha_listener", make_url(listener_urls.database_url).database
    admin = await asyncpg.connect(postgres.url.render_as_string(hide_password=False))
    await admin.execute(f"REVOKE TEMPORARY ON DATABASE {database} FROM {role}")
    try:
        with pytest.raises(CannotRebuild, match="needs the privilege TEMPORARY"):
            await world.rebuild()
    finally:
        await admin.execute(f"GRANT TEMPORARY ON DATABASE {database} TO {role}")
        await admin.close()
