"""Passwords: argon2id, in a few threads of their own. It takes tens of milliseconds and megabytes, on purpose.

Who waits for a thread waits in a lane, and lanes take turns: a thousand guesses from one address make nobody else wait
for more than one of them.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from shared.errors import FichaError

THREADS: Final = 2
"""Whatever the machine has: each takes 19 MiB while it works."""
MOST_WAITING: Final = 100
"""In one lane."""

T = TypeVar("T")


def owasp_minimum() -> PasswordHasher:
    """19 MiB, two passes, one lane."""
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)


class Passwords:
    """One per process. `lane` is who asks (`Attempt.lane`); where it is full, `busy` is raised."""

    def __init__(self, busy: type[FichaError], hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or owasp_minimum()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")
        self._turns = Turns(THREADS, busy)
        self._nobodys = self._hasher.hash("the password of nobody")

    async def hash(self, password: str, *, lane: str = "") -> str:
        return await self._run(lane, lambda: self._hasher.hash(password))

    async def verify(self, password_hash: str | None, password: str, *, lane: str = "") -> bool:
        """Without a hash (nobody by that name) it takes as long, and is wrong."""
        right = await self._run(lane, lambda: self._matches(password_hash or self._nobodys, password))
        return right and password_hash is not None

    async def find_match(self, hashes: Sequence[str], password: str, *, lane: str = "") -> int | None:
        """Which of them the password opens. Where there is none, one verification is made all the same."""
        index = await self._run(lane, lambda: self._first_match(hashes or [self._nobodys], password))
        return index if hashes else None

    def outdated(self, password_hash: str) -> bool:
        """Made with other costs than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    def close(self) -> None:
        self._threads.shutdown(wait=False)

    def _first_match(self, hashes: Sequence[str], password: str) -> int | None:
        return next((index for index, found in enumerate(hashes) if self._matches(found, password)), None)

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerifyMismatchError, InvalidHashError):
            return False

    async def _run(self, lane: str, work: Callable[[], T]) -> T:
        async with self._turns.turn(lane):
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)


class Turns:
    """So many at a time; among those who wait, the lanes take turns, whatever the length of each."""

    def __init__(self, places: int, busy: type[FichaError]) -> None:
        self._free = places
        self._busy = busy
        self._lanes: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, lane: str) -> AsyncIterator[None]:
        if self._free:
            self._free -= 1
        else:
            await self._wait(lane)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, lane: str) -> None:
        waiting = self._lanes.setdefault(lane, deque())
        if len(waiting) >= MOST_WAITING:
            raise self._busy("Too many passwords wait to be looked at.")
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if not mine.cancelled():  # it was given the place at this very moment
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        while self._lanes:
            lane, waiting = self._lanes.popitem(last=False)
            first = waiting.popleft()
            if waiting:
                self._lanes[lane] = waiting
            if not first.done():
                first.set_result(None)
                return
        self._free += 1
