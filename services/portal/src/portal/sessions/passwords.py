"""Passwords: argon2id, in a few threads of their own. It takes tens of milliseconds and megabytes, on purpose."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from portal.errors import TooManyAttempts

THREADS = 2
_MOST_WAITING = 100

T = TypeVar("T")


def owasp_minimum() -> PasswordHasher:
    """19 MiB, two passes, one lane."""
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)


class Passwords:
    """One per process: it bounds how many are hashed at once, and how many wait for it."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or owasp_minimum()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")
        self._waiting = 0
        self._nobodys = self._hasher.hash("the password of nobody")

    async def hash(self, password: str) -> str:
        return await self._run(lambda: self._hasher.hash(password))

    async def find_match(self, hashes: Sequence[str], password: str) -> int | None:
        """Which of them the password opens. Where there is none, one verification is made all the same."""
        index = await self._run(lambda: self._first_match(hashes or [self._nobodys], password))
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

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= _MOST_WAITING:
            raise TooManyAttempts("Too many people are logging in at this moment.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1
