"""One client never sees or changes anything of another, of its own company's or of another one's."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from portal.sessions.repository import hold_to_client
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from tests.portal.world import World, new_email
from tests.support.outbox import recorded

BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("post", "/portal/api/documents/{document_id}/accept"): {},
    ("post", "/portal/api/documents/{document_id}/reject"): {"reason": "No"},
    ("post", "/portal/api/documents/{document_id}/payments"): {"method": "transfer"},
}
NOT_ABOUT_ROWS = {
    "/portal/api/company",
    "/portal/api/session",
    "/portal/api/password",
    "/portal/api/password-resets",
    "/portal/api/password-resets/redeem",
    "/portal/api/preview/{token}",
}


@dataclass(slots=True)
class Client:
    """Somebody with one of everything: what must stay theirs."""

    world: World
    http: httpx.AsyncClient
    contact_id: UUID
    number: str
    documents: list[UUID] = field(default_factory=list)
    order: str = ""

    @property
    def traces(self) -> list[str]:
        return [str(self.contact_id), self.number, *map(str, self.documents), self.order]

    async def settle(self, product: UUID) -> None:
        self.documents = [
            await self.world.document(self.contact_id, number=self.number),
            await self.world.document(self.contact_id, type="estimate", number=self.number),
        ]
        body = {"lines": [{"product_id": str(product), "quantity": "1"}]}
        placed = await self.http.post("/portal/api/orders", json=body)
        assert placed.status_code == 201, placed.text
        self.order = placed.json()["id"]
        assert (await self.http.get(f"/portal/api/documents/{self.documents[0]}")).status_code == 200


@asynccontextmanager
async def settled(world: World) -> AsyncIterator[Client]:
    contact_id = new_id()
    async with world.client(contact_id) as http:
        client = Client(world, http, contact_id, number=f"N-{contact_id}")
        await client.settle(await world.product("Queso"))
        yield client


@pytest.fixture
async def three(world: World, other_world: World) -> AsyncIterator[list[Client]]:
    """Two clients of one company, and one of another."""
    async with settled(world) as one, settled(world) as two, settled(other_world) as other:
        yield [one, two, other]


def operations(world: World) -> Iterator[tuple[str, str]]:
    """Every route of the client's side, from the app's own description: new ones are covered."""
    for path, item in world.app.openapi()["paths"].items():
        if path.startswith("/portal/api/") and path not in NOT_ABOUT_ROWS:
            yield from ((method, path) for method in item)


async def test_no_route_shows_or_changes_what_is_anothers(three: list[Client]) -> None:
    for asking in three:
        for other in (client for client in three if client is not asking):
            before = await recorded(other.world.database, other.world.org_id)
            for method, path in operations(asking.world):
                body = BODIES.get((method, path))
                for foreign in [*other.documents, other.order] if "{" in path else [""]:
                    url = path.replace("{document_id}", str(foreign))
                    assert "{" not in url, f"say what {path} is to be filled with"
                    if method != "get" and "{" not in path:
                        continue  # makes something of its own: judged by what the other sees
                    answer = await asking.http.request(method, url, json=body)
                    assert answer.status_code == (404 if "{" in path else 200), f"{method} {url}: {answer.text}"
                    found = [trace for trace in other.traces if trace in answer.text]
                    assert found == [], f"{method} {url}"
            assert await recorded(other.world.database, other.world.org_id) == before


async def test_everybody_sees_what_is_theirs(three: list[Client]) -> None:
    for client in three:
        listed = (await client.http.get("/portal/api/documents")).json()["items"]
        assert {item["id"] for item in listed} == {str(found) for found in client.documents}
        assert [item["id"] for item in (await client.http.get("/portal/api/orders")).json()["items"]] == [client.order]
        assert (await client.http.get("/portal/api/me")).json()["contact"]["id"] == str(client.contact_id)


async def test_an_idempotency_key_tells_nobody_anothers_answer(three: list[Client]) -> None:
    one, two, _ = three
    product = await one.world.product("Vino")
    body = {"lines": [{"product_id": str(product), "quantity": "1"}]}
    headers = {"Idempotency-Key": "guessed"}
    first = await one.http.post("/portal/api/orders", json=body, headers=headers)
    second = await two.http.post("/portal/api/orders", json=body, headers=headers)
    assert first.status_code == 201
    assert second.status_code == 422
    assert first.json()["id"] not in second.text


async def test_raw_sql_in_a_clients_transaction_meets_its_own_rows_only(three: list[Client]) -> None:
    one, two, other = three
    database = one.world.database
    tables = await client_tables(database)
    async with database.transaction(Scope(one.world.org_id)) as session:
        # Without a client the organisation sees both of its clients, and not the other organisation's.
        assert await owners(session, "client_order") == {one.contact_id, two.contact_id}
        await hold_to_client(session, one.contact_id, read_only=False)
        for table in tables:
            assert await owners(session, table) <= {one.contact_id}, table
        for table in ("contact", "access", "login", "client_session", "document", "client_order", "document_view"):
            assert await owners(session, table) == {one.contact_id}, table
            mine, theirs = {"id": one.contact_id}, [two.contact_id, other.contact_id]
            for stranger in theirs:
                changed = await session.execute(
                    text(f"UPDATE {table} SET contact_id = contact_id WHERE contact_id = :id"), {"id": stranger}
                )
                assert changed.rowcount == 0, table  # type: ignore[attr-defined]
            deleted = await session.execute(text(f"DELETE FROM {table} WHERE contact_id <> :id"), mine)
            assert deleted.rowcount == 0, table  # type: ignore[attr-defined]
    async with database.transaction(Scope(one.world.org_id)) as session:
        assert await owners(session, "client_order") == {one.contact_id, two.contact_id}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE document SET contact_id = :other",
        "UPDATE access SET contact_id = :other",
        "INSERT INTO document_view VALUES (:org, :other, :other, :other, now())",
        "INSERT INTO client_order VALUES (:org, :other, :other, '[]', NULL, now())",
    ],
)
async def test_raw_sql_gives_nothing_to_another_client(three: list[Client], statement: str) -> None:
    one, two, _ = three
    async with one.world.database.transaction(Scope(one.world.org_id)) as session:
        await hold_to_client(session, one.contact_id, read_only=False)
        with pytest.raises(DBAPIError, match="row-level security"):
            await session.execute(text(statement), {"org": one.world.org_id, "other": two.contact_id})
        await session.rollback()


async def test_drafts_do_not_exist_in_a_clients_transaction(world: World) -> None:
    contact_id = await world.contact(new_email())
    await world.document(contact_id, status="draft")
    async with world.database.transaction(Scope(world.org_id)) as session:
        assert await owners(session, "document") == {contact_id}
        await hold_to_client(session, contact_id, read_only=False)
        assert await owners(session, "document") == set()


async def test_every_table_with_a_contact_has_the_second_wall(database: Database) -> None:
    async with database.engine.connect() as connection:
        walled = (
            await connection.execute(
                text("SELECT tablename FROM pg_policies WHERE policyname = 'client' AND permissive = 'RESTRICTIVE'")
            )
        ).scalars()
        assert set(walled) == set(await client_tables(database))


async def test_the_client_does_not_leak_to_the_next_transaction(three: list[Client]) -> None:
    one, two, _ = three
    for _ in range(20):  # more than the pool has connections
        async with one.world.database.transaction(Scope(one.world.org_id)) as session:
            assert await owners(session, "client_order") == {one.contact_id, two.contact_id}
            await hold_to_client(session, one.contact_id, read_only=True)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)


@pytest.mark.parametrize("path", ["me", "documents", "catalogue", "orders"])
async def test_a_page_takes_as_many_statements_however_full_it_is(world: World, path: str) -> None:
    contact_id = await world.contact(new_email())
    product = await world.product("Queso")
    async with world.client(contact_id) as client:

        async def statements() -> int:
            with counted(world.database) as found:
                assert (await client.get(f"/portal/api/{path}")).status_code == 200
            return len(found)

        few = await statements()
        for _ in range(5):
            await world.document(contact_id)
            await world.product("Vino")
            body = {"lines": [{"product_id": str(product), "quantity": "1"}]}
            assert (await client.post("/portal/api/orders", json=body)).status_code == 201
        assert await statements() == few


async def client_tables(database: Database) -> list[str]:
    async with database.engine.connect() as connection:
        found = await connection.execute(
            text("SELECT table_name FROM information_schema.columns WHERE column_name = 'contact_id'")
        )
        return sorted(found.scalars())


async def owners(session: AsyncSession, table: str) -> set[UUID]:
    return set((await session.execute(text(f"SELECT contact_id FROM {table}"))).scalars())
