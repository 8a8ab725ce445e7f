"""Nobody is told 2xx before the transaction is committed."""

from uuid import UUID

import httpx

from shared.db.session import Database
from shared.identifiers import new_id
from tests.shared.bus.transports import waiting_rows
from tests.shared.web.things_api import things


async def test_what_is_answered_2xx_is_there(client: httpx.AsyncClient, publisher: Database, org_id: UUID) -> None:
    answer = await client.post("/api/v1/things", json={"name": "a"})
    assert answer.status_code == 201
    assert await things(publisher, org_id) == 1
    assert len(await waiting_rows(publisher)) == 1


async def test_a_commit_that_fails_is_no_success(client: httpx.AsyncClient, publisher: Database, org_id: UUID) -> None:
    """The foreign key is deferred: only COMMIT finds out."""
    answer = await client.post("/api/v1/things", json={"name": "a", "needs": str(new_id())})
    assert answer.status_code >= 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert await things(publisher, org_id) == 0
    assert await waiting_rows(publisher) == []


async def test_a_failed_commit_leaves_the_connection_usable(client: httpx.AsyncClient, org_id: UUID) -> None:
    for _ in range(20):  # more than the pool holds
        assert (await client.post("/api/v1/things", json={"name": "a", "needs": str(new_id())})).status_code >= 400
    assert (await client.post("/api/v1/things", json={"name": "a"})).status_code == 201


async def test_a_database_that_hangs_up_is_503_and_the_next_request_works(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/things/asked/dead")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert (await client.post("/api/v1/things", json={"name": "a"})).status_code == 201
