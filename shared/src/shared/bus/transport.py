"""What carries messages. Two implementations keep this interface and pass one suite: AMQP and memory."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.bus.consumer import Consumer
from shared.bus.message import Message

Tap = Callable[[Message], None]
"""Must not raise, and must not wait."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message is not confirmed. It may have arrived all the same: unknown is not refused.

    `link` means that no message would have got through, so this one is not to be blamed for it.
    """

    reason: str
    link: bool = False


class Transport(Protocol):
    async def publish(self, messages: Sequence[Message]) -> list[Failure | None]:
        """Returns for each message None when it is confirmed, else why not. Raises nothing."""
        ...

    def attach(self, consumer: Consumer) -> None:
        """Deliver to this consumer once `run` runs. Call it before any relay starts."""
        ...

    def tap(self, listener: Tap) -> None:
        """Show every event to this process too: no queue kept, nothing redelivered. For live views."""
        ...

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop`, then let handlers in flight finish. Publishing goes on until `close`."""
        ...

    async def close(self) -> None:
        """Nobody publishes any more."""
        ...

    def missing(self) -> str | None:
        """Returns why it cannot work now, or None when it is ready."""
        ...

    def queued(self) -> Mapping[str, int]:
        """Returns ready messages by queue of its consumers, as of some seconds ago; nothing where no queue is known."""
        ...
