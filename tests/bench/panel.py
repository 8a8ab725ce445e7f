"""The panel of a contact with 10 documents and of one with 100,000, beside a bare server of the same size."""

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from statistics import mean
from uuid import UUID

import aiohttp
import asyncpg
import httpx

from local.ports import free_ports
from local.postgres import Postgres
from tests.bench.load import Figures, ask
from tests.support.ficha import Ficha, started
from tests.support.waiting import until_now

SMALL, LARGE = 10, 100_000
ALONE, TOGETHER, CLIENTS, ROUNDS = 400, 2000, 8, 10


def main() -> None:
    for mode in ("run", "stack"):
        with tempfile.TemporaryDirectory() as folder, started(mode, Path(folder), demo="0") as ficha:
            asyncio.run(measure(ficha))


async def measure(ficha: Ficha) -> None:
    with closing(ficha.client()) as client:
        cookies = dict(client.cookies)
        small = make_contact(client, "Pequeña", SMALL)
        large = make_contact(client, "Grande", SMALL)
        await multiply(ficha, UUID(large), LARGE // SMALL)
        paths = [f"/api/v1/contacts/{contact}/panel" for contact in (small, large)]
        for path in paths:
            until_now(lambda path=path: complete(client, path), within=60, what="the whole panel")  # type: ignore[misc]
        body = client.get(paths[0]).content
    print(
        f"\nPanel, `ficha {ficha.mode}`, nothing cached, {len(body)} bytes "
        f"(milliseconds alone; requests/s at {CLIENTS} clients)"
    )
    async with aiohttp.ClientSession(ficha.url, cookies=cookies) as session:
        await ask(session, paths, count=200, at_once=4)
        names = [f"{size:,} documents" for size in (SMALL, LARGE)]
        alone = await in_turn(session, paths, count=ALONE, at_once=1)
        together = await in_turn(session, paths, count=TOGETHER, at_once=CLIENTS)
        rows = dict(zip(names, zip(alone, together, strict=True), strict=True))
    with bare_servers(body) as (asgi, fastapi):
        for name, url in (("bare ASGI", asgi), ("bare FastAPI", fastapi)):
            async with aiohttp.ClientSession(url) as session:
                rows[name] = (
                    await ask(session, ["/"], count=ALONE, at_once=1),
                    await ask(session, ["/"], count=TOGETHER, at_once=CLIENTS),
                )
    report(rows)


async def in_turn(session: aiohttp.ClientSession, paths: Sequence[str], *, count: int, at_once: int) -> list[Figures]:
    """Figures of each path, asked in alternating rounds, so that all see the same machine."""
    rounds = [
        [await ask(session, [path], count=count // ROUNDS, at_once=at_once) for path in paths] for _ in range(ROUNDS)
    ]
    return [
        Figures(sorted(chain.from_iterable(figures.seconds for figures in column)), mean(f.rate for f in column))
        for column in zip(*rounds, strict=True)
    ]


def report(rows: dict[str, tuple[Figures, Figures]]) -> None:
    for name, (alone, together) in rows.items():
        print(
            f"  {name:20} p50 {alone.percentile(0.5):7.2f}   p99 {alone.percentile(0.99):7.2f}   "
            f"{together.rate:8.0f}/s   p99 at {CLIENTS} {together.percentile(0.99):7.2f}"
        )
    small, large, *_ = rows.values()
    print(
        f"  100,000 against 10 documents: {large[0].percentile(0.5) / small[0].percentile(0.5):.2f} × the time; "
        f"against bare FastAPI 1/{rows['bare FastAPI'][1].rate / small[1].rate:.0f} of its rate"
    )


def make_contact(client: httpx.Client, name: str, documents: int) -> str:
    made = client.post("/api/v1/contacts", json={"kind": "company", "name": name, "emails": ["a@bench.example"]})
    contact = str(made.json()["id"])
    for _ in range(documents):
        lines = [{"description": "Servicio", "quantity": "1", "unit_price": "10.00", "taxes": ["iva_21"]}]
        body = {"type": "invoice", "contact_id": contact, "lines": lines}
        draft = until_now(lambda body=body: posted(client, "/api/v1/documents", body), what="a draft")  # type: ignore[misc]
        assert client.post(f"/api/v1/documents/{draft['id']}/approve").status_code == 200
    return contact


def posted(client: httpx.Client, path: str, body: dict[str, object]) -> dict[str, str] | None:
    answer = client.post(path, json=body)
    return answer.json() if answer.status_code == 201 else None


def complete(client: httpx.Client, path: str) -> bool:
    return {section["status"] for section in client.get(path).json()["sections"].values()} == {"ready"}


async def multiply(ficha: Ficha, contact: UUID, times: int) -> None:
    """Copy the contact's documents in the database, spread over years, and its totals with them."""
    url = Postgres(ficha.home / "postgres").url.set(database="ficha_documents")
    connection = await asyncpg.connect(url.render_as_string())
    try:
        columns = await connection.fetchval(
            "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns "
            "WHERE table_name = 'document' AND column_name NOT IN ('id', 'number', 'issue_date')"
        )
        await connection.execute(
            f"INSERT INTO document (id, number, issue_date, {columns}) "
            f"SELECT uuidv7(), number || '-' || n, issue_date - (n % 3000), {columns} "
            "FROM document, generate_series(2, $2) n WHERE contact_id = $1",
            contact,
            times,
        )
        for table, fields in (
            ("month_total", ("net", "gross", "count")),
            ("open_amount", ("amount",)),
            ("document_count", ("count",)),
        ):
            changes = ", ".join(f"{field} = {field} * {times}" for field in fields)
            await connection.execute(f"UPDATE {table} SET {changes} WHERE contact_id = $1", contact)
        await connection.execute("VACUUM ANALYZE document")
    finally:
        await connection.close()


@contextmanager
def bare_servers(body: bytes) -> Iterator[tuple[str, str]]:
    [port] = free_ports(1, beside=1)
    with tempfile.NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        server = subprocess.Popen([sys.executable, "-m", "tests.bench.bare", str(port), file.name])
        try:
            urls = (f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}")
            until_now(lambda: all(answers(url) for url in urls), what="the bare servers")
            yield urls
        finally:
            server.terminate()
            server.wait()


def answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


if __name__ == "__main__":
    main()
