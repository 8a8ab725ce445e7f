"""What carries messages. Two implementations keep this interface and pass one suite: AMQP and memory."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from shared.bus.consumer import Consumer
from shared.bus.message import Message

Tap = Callable[[Message], None]


class Transport(Protocol):
    async def publish(self, messages: Sequence[Message]) -> list[str | None]:
        """For each message None when it is confirmed, else why not. Raises nothing."""
        ...

    def attach(self, consumer: Consumer) -> None:
        """Deliver to this consumer once `run` runs. Call it before any relay starts."""
        ...

    def tap(self, listener: Tap) -> None:
        """Show every event to this process too: no queue kept, nothing redelivered. For live views."""
        ...

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop`, then let handlers in flight finish."""
        ...

    def missing(self) -> str | None:
        """What keeps it from working now, or None."""
        ...
