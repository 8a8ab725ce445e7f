"""Publishing to RabbitMQ with confirms: a message counts as published once the broker has confirmed it."""

import asyncio
import contextlib
from collections.abc import Sequence
from uuid import NAMESPACE_OID, UUID, uuid5

import aio_pika
import orjson
from aio_pika.abc import (
    AbstractChannel,
    AbstractConnection,
    AbstractExchange,
    AbstractIncomingMessage,
    PublishResultType,
)
from pamqp.commands import Basic

from shared.bus import failpoints
from shared.bus.amqp.connection import CONNECTION_ERRORS, bind_log, connect, ensure_exchange, with_timeout
from shared.bus.message import Message
from shared.bus.transport import Failure
from shared.clock import utc_now
from shared.events.base import CONTENT_TYPE

PUBLISH_SECONDS = 10.0


class Publisher:
    """The publishing connection, opened when first needed and again after `drop`."""

    def __init__(self, url: str, service: str) -> None:
        self._url = url
        self._name = f"{service} relay"
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None
        self._exchange: AbstractExchange | None = None
        self.unreachable = False

    async def publish(self, messages: Sequence[Message]) -> list[Failure | None]:
        try:
            exchange = await self._ready()
        except CONNECTION_ERRORS as error:
            self.unreachable = True
            await self.drop()
            return [Failure(f"broker unreachable: {error!r}", link=True)] * len(messages)
        self.unreachable = False
        outcomes = await publish(exchange, messages)
        if any(outcomes):
            # A connection that lost a message, or an exchange without its stream: set up anew next time.
            await self.drop()
        return outcomes

    async def drop(self) -> None:
        connection, self._connection, self._channel, self._exchange = self._connection, None, None, None
        if connection:
            with contextlib.suppress(*CONNECTION_ERRORS):
                await with_timeout(connection.close())

    async def _ready(self) -> AbstractExchange:
        alive = self._channel and not self._channel.is_closed and self._connection and not self._connection.is_closed
        if self._exchange is None or not alive:
            await self.drop()
            self._connection = await connect(self._url, self._name)
            await ensure_exchange(self._connection)
            self._channel = await with_timeout(self._connection.channel(on_return_raises=True))
            self._exchange = await bind_log(self._channel)
        return self._exchange


async def publish(
    exchange: AbstractExchange, messages: Sequence[Message], *, to: str | None = None
) -> list[Failure | None]:
    """Publish all at once, by event name or `to` one queue. Returns None for each confirmed message, else why not.

    One timeout for all: a timer for each costs a fifth of the rate.
    """
    if not messages:
        return []
    publishing = [
        asyncio.create_task(exchange.publish(to_amqp(message), to or message.name, mandatory=True))
        for message in messages
    ]
    try:
        if failpoints.armed(failpoints.RELAY_PUBLISHED):
            await asyncio.wait(publishing, timeout=0.001)
            failpoints.reach(failpoints.RELAY_PUBLISHED)
        await asyncio.wait(publishing, timeout=PUBLISH_SECONDS)
        return [_outcome(task) for task in publishing]
    finally:
        for task in publishing:
            task.cancel()


def _outcome(publishing: asyncio.Task[PublishResultType | None]) -> Failure | None:
    if not publishing.done():
        # One queue of several may be without a leader: only this event's way is known to be blocked.
        return Failure(f"not confirmed within {PUBLISH_SECONDS:.0f} s")
    if publishing.cancelled():  # as a dead link shows itself
        return Failure("connection lost", link=True)
    error = publishing.exception()
    if error:
        refused = isinstance(error, aio_pika.exceptions.DeliveryError) or not isinstance(error, CONNECTION_ERRORS)
        return Failure(f"{'refused' if refused else 'connection lost'}: {error!r}", link=not refused)
    confirmation = publishing.result()
    return None if isinstance(confirmation, Basic.Ack) else Failure(f"refused: {confirmation!r}")


def to_amqp(message: Message) -> aio_pika.Message:
    """Returns the message as AMQP has it: persistent, with its event's id and name as properties and headers."""
    return aio_pika.Message(
        message.body,
        headers={"ce-id": str(message.event_id), "ce-type": message.name, **message.headers},
        content_type=CONTENT_TYPE,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        message_id=str(message.event_id),
        correlation_id=_correlation_of(message.body),
        type=message.name,
        timestamp=utc_now(),
        app_id=f"ficha-{message.name.split('.')[1]}" if message.name.count(".") else None,
    )


def _correlation_of(body: bytes) -> str | None:
    """What was moved to another queue may be anything."""
    try:
        found = orjson.loads(body)["correlationid"]
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) else None


def from_amqp(incoming: AbstractIncomingMessage) -> Message:
    """Returns our message. One from elsewhere, without our properties, gets a name and an id all the same."""
    try:
        event_id = UUID(incoming.message_id or "")
    except ValueError:
        event_id = uuid5(NAMESPACE_OID, incoming.body.hex())
    headers = {
        key: value
        for key, value in incoming.headers.items()
        if key.startswith("x-ficha-") and isinstance(value, str | int)
    }
    return Message(event_id, incoming.type or incoming.routing_key or "", incoming.body, headers)
