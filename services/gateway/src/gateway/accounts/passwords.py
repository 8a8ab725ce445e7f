"""Passwords: argon2id, in a few threads of their own. It takes tens of milliseconds and megabytes, on purpose."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from gateway.accounts.errors import TooManyAttempts

# One core is left to everybody else.
_THREADS = max(1, (os.cpu_count() or 2) - 1)
_MOST_WAITING = 100
# OWASP's minimum for argon2id: 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)

T = TypeVar("T")


class Passwords:
    """One per process: it bounds how many are hashed at once, and how many wait for it."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="argon2")
        self._waiting = 0
        self._nobodys = _HASHER.hash("the password of nobody")

    async def hash(self, password: str) -> str:
        return await self._run(_HASHER.hash, password)

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Without a hash (nobody by that name) it takes as long, and is wrong."""
        right = await self._run(_matches, password_hash or self._nobodys, password)
        return right and password_hash is not None

    @staticmethod
    def outdated(password_hash: str) -> bool:
        """Made with other costs than today's."""
        return _HASHER.check_needs_rehash(password_hash)

    async def _run(self, work: Callable[..., T], *arguments: str) -> T:
        if self._waiting >= _MOST_WAITING:
            raise TooManyAttempts("Too many people are logging in at this moment.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self._waiting -= 1


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
