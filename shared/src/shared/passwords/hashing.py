"""Passwords: argon2id, in a few threads of their own. It takes tens of milliseconds and megabytes, on purpose.

Who waits for a thread waits in a lane, and lanes take turns: a thousand guesses from one address make nobody else wait
for more than one of them.
"""

import asyncio
import base64
import hmac
import os
import secrets
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from shared.errors import FichaError

THREADS: Final = min(2, max(1, (os.cpu_count() or 2) - 1))
"""One core is left to everybody else; and two at most, for each takes 19 MiB while it works."""
MOST_WAITING: Final = 100
"""In one lane."""

T = TypeVar("T")


def owasp_minimum() -> PasswordHasher:
    """19 MiB, two passes, one lane."""
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)


def new_salt() -> str:
    """Returns 16 random bytes as base64 without padding."""
    return base64.b64encode(secrets.token_bytes(16)).decode().rstrip("=")


def salt_of(password_hash: str) -> str:
    """As it stands in the hash: `$argon2id$v=19$m=…,t=…,p=…$<salt>$<digest>`."""
    return password_hash.rsplit("$", 2)[1]


class Passwords:
    """One per process. `lane` is who asks (`Attempt.lane`); where it is full, `busy` is raised."""

    def __init__(self, busy: type[FichaError], hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or owasp_minimum()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")
        self._turns = Turns(THREADS, busy)
        self._nobodys = self._hasher.hash("the password of nobody")

    async def hash(self, password: str, *, salt: str | None = None, lane: str = "") -> str:
        return await self._run(lane, lambda: self._hasher.hash(password, salt=_bytes(salt) if salt else None))

    async def verify(self, password_hash: str | None, password: str, *, lane: str = "") -> bool:
        """Without a hash (nobody by that name) it takes as long, and is wrong."""
        right = await self._run(lane, lambda: self._matches(password_hash or self._nobodys, password))
        return right and password_hash is not None

    async def find_matches(self, hashes: Sequence[str | None], password: str, *, lane: str = "") -> set[int]:
        """The places of all that the password opens.

        Hashed once for each salt among them, however many have it; once, too, where there are none.
        """
        known = {place: found for place, found in enumerate(hashes) if found}
        examples = {_head(found): found for found in known.values()} or {"": self._nobodys}
        given = await self._run(
            lane, lambda: {head: self._again(example, password) for head, example in examples.items()}
        )
        return {place for place, found in known.items() if hmac.compare_digest(given[_head(found)], found)}

    def outdated(self, *hashes: str | None) -> bool:
        """Made with other costs than today's, or with different salts."""
        known = [found for found in hashes if found]
        return len({_head(found) for found in known}) > 1 or any(map(self._hasher.check_needs_rehash, known))

    def close(self) -> None:
        self._threads.shutdown(wait=False)

    def _again(self, example: str, password: str) -> str:
        """With the example's salt and costs."""
        hasher = self._hasher
        if hasher.check_needs_rehash(example):
            hasher = PasswordHasher.from_parameters(extract_parameters(example))
        return hasher.hash(password, salt=_bytes(salt_of(example)))

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


def _head(password_hash: str) -> str:
    """All but the digest: costs and salt."""
    return password_hash.rpartition("$")[0]


def _bytes(salt: str) -> bytes:
    return base64.b64decode(salt + "=" * (-len(salt) % 4))
