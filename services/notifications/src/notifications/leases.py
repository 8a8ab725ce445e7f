"""Running what is delivered later: mails, webhooks.

What is due is leased from a queue in the database: taken, with an end, in a committed transaction. Workers side by side
skip each other's leases. A lease is renewed while its worker lives; one that runs out was left by a worker that died,
and the next one takes it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final, Generic, TypeVar

import structlog

from notifications.errors import LeaseLost
from shared.bus.waiting import wait_for_any
from shared.db.session import Database

LeaseT = TypeVar("LeaseT")
ResultT = TypeVar("ResultT")

logger = structlog.get_logger("leases")

LEASE_SECONDS: Final = 30.0
POLL_SECONDS: Final = 1.0
_DRAIN_SECONDS = 6
_SETTLE_PAUSES = (0.2, 1, 2, 5, 10, 20)


class LeaseRunner(Generic[LeaseT]):
    """Works on leases of one queue, `parallel` at once.

    `take(limit)` leases what is due, at most so many; `work(lease, stop)` delivers one, and should end soon once `stop`
    is set.
    """

    def __init__(
        self,
        queue: str,
        database: Database,
        take: Callable[[int], Awaitable[Sequence[LeaseT]]],
        work: Callable[[LeaseT, asyncio.Event], Awaitable[None]],
        *,
        parallel: int,
    ) -> None:
        self._queue = queue
        self._take = take
        self._work = work
        self._parallel = parallel
        self._wake = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        database.on_events(self._wake.set)

    async def run(self, stop: asyncio.Event) -> None:
        """Look for what is due until `stop`, at every commit and each POLL_SECONDS; then let what is under way end.

        A database that goes away is waited for.
        """
        try:
            while not stop.is_set():
                self._wake.clear()
                try:
                    await self._start_due(stop)
                except Exception as error:
                    logger.warning("queue_unreadable", queue=self._queue, error=str(error))
                await wait_for_any(self._wake, stop, within=POLL_SECONDS)
            if self._running:
                await asyncio.wait(self._running, timeout=_DRAIN_SECONDS)
        finally:
            # What is cut off here is as if its worker had died: its lease tells the next one.
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    async def _start_due(self, stop: asyncio.Event) -> None:
        free = self._parallel - len(self._running)
        if not free:
            return
        for lease in await self._take(free):
            task = asyncio.ensure_future(self._work(lease, stop))
            self._running.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()):
            logger.error("lease_left", queue=self._queue, reason="it will run out", exc_info=error)


@asynccontextmanager
async def renewing(renew: Callable[[], Awaitable[object]], *, lease_seconds: float) -> AsyncIterator[None]:
    """Renew a lease, well before it runs out, as long as the block runs."""

    async def keep() -> None:
        while True:
            await asyncio.sleep(lease_seconds / 3)
            with contextlib.suppress(Exception):  # not renewed: it runs out, which is what leases are for
                await renew()

    keeping = asyncio.create_task(keep())
    try:
        yield
    finally:
        keeping.cancel()


async def settle_patiently(settle: Callable[[], Awaitable[ResultT]]) -> ResultT:
    """Returns what `settle` returns, which writes an outcome down that only this process knows.

    A database that is away is worth some patience: over half a minute. Raises LeaseLost at once, others in the end.
    """
    for pause in _SETTLE_PAUSES:
        try:
            return await settle()
        except LeaseLost:
            raise
        except Exception as error:
            logger.warning("not_settled", error=str(error), again_in=pause)
            await asyncio.sleep(pause)
    return await settle()
