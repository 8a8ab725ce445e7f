"""Settlement of deliveries: done, moved to a wait queue, or moved to the dead-letter queue."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog
from aio_pika.abc import AbstractChannel
from sqlalchemy.exc import SQLAlchemyError

from shared.bus import topology
from shared.bus.amqp.connection import ConnectionLost
from shared.bus.amqp.publisher import publish
from shared.bus.consumer import Consumer, DatabaseAway, Dead, Retry
from shared.bus.message import Message

logger = structlog.get_logger("bus.settling")

_AGAIN_SECONDS = 0.5

T = TypeVar("T")


async def settle(channel: AbstractChannel, consumer: Consumer, messages: Sequence[Message]) -> None:
    """Handle them; what must be retried or is dead is moved, confirmed. Ack afterwards. Raises ConnectionLost."""
    verdicts = await until_database_answers(lambda: consumer.handle_all(messages))
    moves: dict[str, list[Message]] = {}
    for message, verdict in zip(messages, verdicts, strict=True):
        match verdict:
            case Retry(seconds, headers):
                moves.setdefault(topology.wait_queue(consumer.service, seconds), []).append(message.with_(headers))
            case Dead(headers):
                moves.setdefault(topology.dead_queue(consumer.service), []).append(message.with_(headers))
    for queue, moved in moves.items():
        for failure in await publish(channel.default_exchange, moved, to=queue):
            if failure:
                raise ConnectionLost(failure.reason)


async def until_database_answers(attempt: Callable[[], Awaitable[T]]) -> T:
    """Returns the result of `attempt`, repeated until the database answers.

    Deliveries are held meanwhile: given back, they would count as delivered.
    """
    while True:
        try:
            return await attempt()
        except (DatabaseAway, SQLAlchemyError, OSError) as error:
            logger.warning("database_away", error=str(error))
            await asyncio.sleep(_AGAIN_SECONDS)
