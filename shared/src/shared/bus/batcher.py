"""Batching of one queue's deliveries: settled batch after batch, in the order they came."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import structlog

from shared.bus.waiting import wait_for_any

logger = structlog.get_logger("bus.batcher")

ItemT = TypeVar("ItemT")

_MOST = 100
_BRISK = 0.005
"""Seconds that settling a small batch takes on a machine with time to spare."""
_LONGEST_REST = 0.1
"""Seconds."""


class Batcher(Generic[ItemT]):
    """Takes items by `put`; what has come while one batch was settled is the next batch, of at most 100.

    A small batch is followed by a rest that grows with the square of what it took: where the machine is busy, so that
    settling takes long, batches grow and cost less, and where it is not, nobody waits.

    `broken` is set when settling fails, in whatever way: what was not settled stays the sender's to deliver again.
    """

    def __init__(self, settle: Callable[[list[ItemT]], Awaitable[None]], broken: asyncio.Event) -> None:
        self._settle = settle
        self._broken = broken
        self._waiting: list[ItemT] = []
        self._news = asyncio.Event()
        self._rested = asyncio.Event()
        self._closing = False
        self._settling = False
        # A task of ours: a library's own may be cancelled when its link is lost, in the middle of a handler.
        self.task = asyncio.create_task(self._work())

    @property
    def idle(self) -> bool:
        """Whether everything that was put is settled."""
        return not (self._waiting or self._settling)

    def put(self, item: ItemT) -> None:
        self._waiting.append(item)
        self._news.set()
        if len(self._waiting) >= _MOST:
            self._rested.set()

    async def receive(self, item: ItemT) -> None:
        """`put`, as the asynchronous callback that the library calls."""
        self.put(item)

    def finish(self) -> None:
        """Its task ends once everything is settled."""
        self._closing = True
        self._news.set()
        self._rested.set()

    def abandon(self) -> None:
        """Its task ends with the batch that it is at."""
        self._waiting.clear()
        self.finish()

    async def _work(self) -> None:
        while self._waiting or not self._closing:
            if not self._waiting:
                self._news.clear()
                await self._news.wait()
                continue
            batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            self._settling = True
            started = time.monotonic()
            try:
                await self._settle(batch)
                self._settling = False
            except Exception as error:
                logger.warning("not_settled", exc_info=error)
                self._broken.set()
                return
            except BaseException:
                # Cancelled, perhaps by a library whose link died: nobody waits for this task to hear of it.
                self._broken.set()
                raise
            if not self._closing and len(self._waiting) < _MOST:
                self._rested.clear()
                await wait_for_any(self._rested, within=_rest_after(time.monotonic() - started))


def _rest_after(seconds: float) -> float:
    """As long as a brisk batch took; longer, in proportion, after a slower one."""
    return min(seconds * seconds / _BRISK, _LONGEST_REST)
