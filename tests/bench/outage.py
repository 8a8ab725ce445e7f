"""Writing while RabbitMQ is away beside writing while it is there, and how fast the backlog goes when it is back."""

import asyncio
import tempfile
import time
from contextlib import closing
from pathlib import Path

import aiohttp

from tests.bench.load import Figures
from tests.chaos.stack import Stack, running_stack
from tests.support.waiting import until

CLIENTS, SECONDS = 4, 30


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder)) as stack:
        asyncio.run(measure(stack))


async def measure(stack: Stack) -> None:
    with closing(stack.ficha.client()) as client:
        cookies = dict(client.cookies)
    async with aiohttp.ClientSession(stack.ficha.url, cookies=cookies) as session:
        await create(session, seconds=3)
        there = await create(session, seconds=SECONDS)
        await asyncio.to_thread(stack.broker.stop)
        away = await create(session, seconds=SECONDS)
    backlog = await waiting(stack)
    await asyncio.to_thread(stack.broker.start)
    back = time.perf_counter()

    async def flowing() -> bool:
        return await waiting(stack) < backlog

    async def drained() -> bool:
        return not await waiting(stack)

    await until(flowing, within=60, every=0.02, what="the first confirmed publish")
    first = time.perf_counter()
    await until(drained, within=120, every=0.02, what="the backlog gone")
    took = time.perf_counter() - first
    print(f"\nCreating contacts at {CLIENTS} clients, `ficha stack`, every answer 201")
    for name, figures in (("RabbitMQ there", there), ("RabbitMQ away", away)):
        print(
            f"  {name:16} {figures.rate:6.0f}/s   p50 {figures.percentile(0.5):6.1f} ms   "
            f"p99 {figures.percentile(0.99):6.1f} ms"
        )
    print(
        f"  p99 away against there {away.percentile(0.99) / there.percentile(0.99):.2f}; "
        f"first publish {first - back:.1f} s after the broker answered, "
        f"then {backlog:,} events at {backlog / took:,.0f}/s"
    )


async def create(session: aiohttp.ClientSession, *, seconds: float) -> Figures:
    """Raises AssertionError for any answer but 201."""
    taken: list[float] = []
    end = time.perf_counter() + seconds

    async def client() -> None:
        while time.perf_counter() < end:
            started = time.perf_counter()
            async with session.post("/api/v1/contacts", json={"kind": "company", "name": "Nueva"}) as answer:
                await answer.read()
                assert answer.status == 201, answer.status
            taken.append(time.perf_counter() - started)

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return Figures(sorted(taken), len(taken) / seconds)


async def waiting(stack: Stack) -> int:
    connection = await stack.connect("contacts")
    count: int = await connection.fetchval("SELECT count(*) FROM outbox")
    await connection.close()
    return count


if __name__ == "__main__":
    main()
