"""Lists and searches among 1,000,000 contacts, beside the same SQL over bare asyncpg."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from pathlib import Path

import aiohttp
import asyncpg

from local.postgres import Postgres
from shared.web.pagination import encode_cursor
from tests.bench.load import Figures, ask
from tests.bench.many import multiply, name_of
from tests.bench.panel import make_contact
from tests.support.ficha import Ficha, started

CONTACTS, COUNT = 1_000_000, 100
LIST = 'SELECT * FROM contact WHERE org_id = $1 AND deleted_at IS NULL ORDER BY sort_name COLLATE "C", id LIMIT 51'
SEARCH = (
    "SELECT * FROM contact WHERE org_id = $1 AND deleted_at IS NULL AND search LIKE '%' || $2 || '%' "
    'ORDER BY sort_name COLLATE "C", id LIMIT 51'
)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, started("run", Path(folder), demo="0") as ficha:
        asyncio.run(measure(ficha))


async def measure(ficha: Ficha) -> None:
    with closing(ficha.client()) as client:
        cookies = dict(client.cookies)
        make_contact(client, "Empresa Ñandú", 0)
    await multiply(ficha, CONTACTS)
    names = [name_of(turn * 7919 % CONTACTS) for turn in range(COUNT)]
    last = encode_cursor(0, "ffff", "00000000-0000-0000-0000-000000000000")
    asked = {
        "list, first page": ["/api/v1/contacts"],
        "list, last page": [f"/api/v1/contacts?cursor={last}"],
        "search, a word of one": [f"/api/v1/contacts?q={name}" for name in names],
        "search, a whole name": [f"/api/v1/contacts?q={name} Empresa Ñandú" for name in names],
        "search, a letter wrong": [f"/api/v1/contacts?q={name[:4]}z{name[5:]}" for name in names],
        "search, accents, all of them": ["/api/v1/contacts?q=nandu"],
        "search, two letters": ["/api/v1/contacts?q=em"],
    }
    print(f"\n{CONTACTS:,} contacts, `ficha run` (milliseconds, one after another)")
    async with aiohttp.ClientSession(ficha.url, cookies=cookies) as session:
        for name, paths in asked.items():
            await ask(session, paths, count=5, at_once=1)
            show(name, await ask(session, paths, count=COUNT, at_once=1))
    url = Postgres(ficha.home / "postgres").url.set(database="ficha_contacts")
    connection = await asyncpg.connect(url.render_as_string())
    org_id = await connection.fetchval("SELECT org_id FROM contact LIMIT 1")
    show("bare asyncpg, first page", await timed(lambda _: connection.fetch(LIST, org_id), names))
    show("bare asyncpg, a word of one", await timed(lambda name: connection.fetch(SEARCH, org_id, name), names))
    await connection.close()


async def timed(act: Callable[[str], Awaitable[object]], names: Sequence[str]) -> Figures:
    seconds = []
    for name in names:
        started_at = time.perf_counter()
        await act(name)
        seconds.append(time.perf_counter() - started_at)
    return Figures(sorted(seconds), len(seconds) / sum(seconds))


def show(name: str, figures: Figures) -> None:
    print(f"  {name:30} p50 {figures.percentile(0.5):8.1f}   p99 {figures.percentile(0.99):8.1f}")


if __name__ == "__main__":
    main()
