"""Waiting for a fact instead of sleeping."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 30.0
"""Seconds. What comes true does so at once on a machine at rest; the rest is for one that is busy otherwise."""


async def until(
    condition: Callable[[], Awaitable[T | None]], *, within: float = PATIENCE, every: float = 0.02, what: str = "it"
) -> T:
    """The first truthy answer of `condition`. Raises AssertionError, with the last answer, after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        found = await condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {within} s; last answer: {found!r}")
        await asyncio.sleep(every)


def until_now(
    condition: Callable[[], T | None], *, within: float = PATIENCE, every: float = 0.05, what: str = "it"
) -> T:
    """The same for a condition that blocks, in tests that speak to a whole Ficha from outside."""
    deadline = time.monotonic() + within
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {within} s; last answer: {found!r}")
        time.sleep(every)
