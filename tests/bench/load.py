"""Asking one address over and over, and what that took. From a process of its own, so as not to share the server's."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds per request, sorted; `rate` is requests per second over the whole run."""

    seconds: Sequence[float]
    rate: float

    def percentile(self, share: float) -> float:
        """Milliseconds."""
        return self.seconds[min(int(len(self.seconds) * share), len(self.seconds) - 1)] * 1000


async def ask(client: aiohttp.ClientSession, paths: Sequence[str], *, count: int, at_once: int) -> Figures:
    """`count` GETs over `paths` in turn, `at_once` at a time. Raises AssertionError for any answer but 200."""
    seconds: list[float] = []
    turns = iter(range(count))

    async def worker() -> None:
        for turn in turns:
            started = time.perf_counter()
            async with client.get(paths[turn % len(paths)]) as answer:
                await answer.read()
                assert answer.status == 200, answer.status
            seconds.append(time.perf_counter() - started)

    started = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(at_once)))
    took = time.perf_counter() - started
    return Figures(sorted(seconds), count / took)
