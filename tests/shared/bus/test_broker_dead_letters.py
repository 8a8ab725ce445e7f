"""Dead letters as the broker hands them over: of its own accord, from strangers, with its queues gone meanwhile."""

from functools import partial

import aio_pika
import pytest

from shared.bus import topology
from shared.bus.amqp.transport import AmqpTransport
from shared.bus.consumer import Subscription
from shared.bus.dead_letters import DeadLetterReplayer
from shared.bus.topology import REASON, RETRY_DELAYS
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.events.base import Event
from tests.shared.bus.letters import Shelf, all_dead, history, listed, replay
from tests.shared.bus.transports import (
    ON_THING,
    AmqpTransports,
    channel_to,
    dead_letters,
    listening,
    message_of,
    record,
    registered,
    running,
    unique,
)
from tests.support.probe import ThingChanged, ThingState, effects
from tests.support.waiting import until


async def test_every_rung_has_a_queue_that_waits_as_long_and_leads_back(
    amqp: AmqpTransports, listener: Database
) -> None:
    """A redeclaration with another time, or another way out, is refused: what is there is what topology says."""
    consumer, subscriber = listening(amqp, listener, ON_THING, retry_delays=RETRY_DELAYS)
    async with running(subscriber):
        for seconds in RETRY_DELAYS:
            name = f"ficha.{consumer.service}.wait.{seconds}s"
            arguments = {
                **topology.wait_arguments(consumer.service, seconds),
                "x-message-ttl": seconds * 1000,
                "x-dead-letter-routing-key": f"ficha.{consumer.service}",
            }
            async with channel_to(amqp.url) as channel:
                await channel.declare_queue(name, durable=True, arguments=dict(arguments))
            for other in ({"x-message-ttl": seconds * 1000 + 1}, {"x-dead-letter-routing-key": "elsewhere"}):
                async with channel_to(amqp.url) as channel:
                    with pytest.raises(aio_pika.exceptions.ChannelPreconditionFailed):
                        await channel.declare_queue(name, durable=True, arguments={**arguments, **other})


async def test_what_the_broker_gives_up_by_itself_gets_in_and_can_be_replayed(
    amqp: AmqpTransports, publisher: Database, listener: Database, scope: Scope
) -> None:
    shelf = Shelf()
    consumer, subscriber = listening(amqp, listener, Subscription(ThingChanged, shelf.on_thing))
    out = amqp.transport(unique("probe"))
    assert isinstance(subscriber, AmqpTransport)
    await subscriber.declare()
    event = await record(publisher, scope)
    assert await out.publish([message_of(event)]) == [None]
    await deliver_too_often(amqp, consumer.service)
    async with running(out, subscriber):
        [dead] = await all_dead(consumer, 1)
        assert (dead.event_id, dead.name, dead.org_id) == (event.id, event.name, scope.org_id)
        assert (dead.handler, dead.attempts) == ("", 0)
        assert "delivered more often than the queue allows" in dead.reason
        # Its handler never got to say that it failed: the replay is its one attempt, not the first of several.
        await replay(consumer, event_id=event.id)
        await DeadLetterReplayer(consumer).replay_asked()
        assert [letter.attempts for letter in await listed(consumer)] == [1]
        shelf.fault = None
        await replay(consumer, event_id=event.id)
        await DeadLetterReplayer(consumer).replay_asked()
    assert await effects(listener) == [event.id]
    assert [action for action, _, _ in await history(consumer, event.id)] == [
        *("dead", "replaying"),
        *("dead", "replaying", "replayed"),
    ]


async def deliver_too_often(amqp: AmqpTransports, service: str) -> None:
    """As when a message takes down its process each time: it is delivered, and nobody says what became of it."""
    limit = int(topology.queue_arguments(service)["x-delivery-limit"])
    for _ in range(limit + 1):
        # What ends with its channel counts for every version; since 4.3 giving back does not.
        async with channel_to(amqp.url) as channel:
            queue = await channel.get_queue(topology.queue(service))
            await until(partial(queue.get, fail=False, no_ack=False), every=0.005)
    async with channel_to(amqp.url) as channel:
        assert await (await channel.get_queue(topology.queue(service))).get(fail=False) is None


async def test_a_dead_queue_that_somebody_deletes_costs_no_dead_letter(
    amqp: AmqpTransports, publisher: Database, listener: Database, scope: Scope
) -> None:
    """It is missing when a handler fails for the last time: the verdict waits until it is there again."""
    deleted = 0

    async def fail(*_: object) -> None:
        nonlocal deleted
        if deleted < 3:
            deleted += 1
            async with channel_to(amqp.url) as channel:
                await channel.queue_delete(topology.dead_queue(consumer.service))
        raise LookupError("no such shelf")

    consumer, subscriber = listening(amqp, listener, Subscription(ThingChanged, fail), retry_delays=())
    out = amqp.transport(unique("probe"))
    async with running(out, subscriber):
        events: list[Event[ThingState]] = [await record(publisher, scope) for _ in range(5)]
        assert await out.publish([message_of(event) for event in events]) == [None] * 5
        await all_dead(consumer, 5)
        await registered(subscriber)
    assert deleted == 3
    assert {dead.event_id for dead in await dead_letters(consumer)} == {event.id for event in events}


async def test_what_the_broker_gives_up_while_there_is_no_dead_queue_waits_for_one(
    amqp: AmqpTransports, publisher: Database, listener: Database, scope: Scope
) -> None:
    consumer, subscriber = listening(amqp, listener, ON_THING)
    out = amqp.transport(unique("probe"))
    assert isinstance(subscriber, AmqpTransport)
    await subscriber.declare()
    event = await record(publisher, scope)
    assert await out.publish([message_of(event)]) == [None]
    async with channel_to(amqp.url) as channel:
        await channel.queue_delete(topology.dead_queue(consumer.service))
    await deliver_too_often(amqp, consumer.service)
    async with running(out, subscriber):  # which declares it anew
        [dead] = await all_dead(consumer, 1)
    assert dead.event_id == event.id


@pytest.mark.parametrize("body", [b"", b"\x00\xff\x00", b"[" * 100_000, b'{"orgid": "x"}', b'{"orgid": 7}'])
async def test_a_stranger_in_the_dead_queue_is_kept_as_it_came(
    amqp: AmqpTransports, listener: Database, body: bytes
) -> None:
    consumer, subscriber = listening(amqp, listener, ON_THING)
    async with running(subscriber), channel_to(amqp.url) as channel:
        await channel.default_exchange.publish(
            aio_pika.Message(body, headers={REASON: "a \0 in it", "other": "dropped"}),
            topology.dead_queue(consumer.service),
        )
        [dead] = await until(lambda: dead_letters(consumer))
        [letter] = await listed(consumer)
    assert dead.body == body
    assert dead.headers == {REASON: "a \N{REPLACEMENT CHARACTER} in it"}
    assert (letter.name, letter.org_id) == (topology.dead_queue(consumer.service), None)
