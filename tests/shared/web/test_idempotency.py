"""The same POST twice: one effect, one answer."""

import asyncio
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from shared.clock import utc_now
from shared.db.session import Database
from shared.identifiers import new_id
from tests.shared.bus.transports import waiting_rows
from tests.shared.web.things_api import Gate, things
from tests.support.identity import client_of

PATH = "/api/v1/things"


async def post(client: httpx.AsyncClient, key: str, name: str = "a", **more: str) -> httpx.Response:
    return await client.post(PATH, json={"name": name, **more}, headers={"Idempotency-Key": key})


async def test_the_same_request_has_one_effect_and_the_same_answer(
    client: httpx.AsyncClient, publisher: Database, org_id: UUID
) -> None:
    first, second = await post(client, "k"), await post(client, "k")
    assert (second.status_code, second.content) == (201, first.content)
    for header in ("etag", "location", "content-type"):
        assert second.headers[header] == first.headers[header]
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert await things(publisher, org_id) == 1
    assert len(await waiting_rows(publisher)) == 1


async def test_without_a_key_each_request_is_its_own(
    client: httpx.AsyncClient, publisher: Database, org_id: UUID
) -> None:
    await client.post(PATH, json={"name": "a"})
    await client.post(PATH, json={"name": "a"})
    assert await things(publisher, org_id) == 2


async def test_a_key_for_another_body_is_422(client: httpx.AsyncClient, publisher: Database, org_id: UUID) -> None:
    await post(client, "k", "a")
    answer = await post(client, "k", "b")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "idempotency_key_reused"
    assert await things(publisher, org_id) == 1


async def test_a_key_for_another_path_is_422(client: httpx.AsyncClient) -> None:
    await post(client, "k")
    answer = await client.post(f"{PATH}/asked/text", json={"name": "a"}, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 422


async def test_the_same_key_in_another_organisation_is_another_key(
    app: FastAPI, client: httpx.AsyncClient, publisher: Database
) -> None:
    mine = await post(client, "k")
    async with client_of(app, new_id()) as other:
        theirs = await post(other, "k")
    assert theirs.json()["id"] != mine.json()["id"]


async def test_while_the_first_still_runs_the_second_is_409(
    app: FastAPI, client: httpx.AsyncClient, publisher: Database, org_id: UUID
) -> None:
    gate = app.state.gate = Gate()
    running = asyncio.create_task(post(client, "k"))
    await gate.entered.wait()
    answer = await post(client, "k")
    assert answer.status_code == 409
    assert answer.json()["code"] == "idempotency.still_running"
    gate.open.set()
    assert (await running).status_code == 201
    assert (await post(client, "k")).headers["idempotent-replayed"] == "true"
    assert await things(publisher, org_id) == 1


async def test_a_storm_of_one_request_has_one_effect(
    client: httpx.AsyncClient, publisher: Database, org_id: UUID
) -> None:
    answers = await asyncio.gather(*(post(client, "k") for _ in range(20)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert await things(publisher, org_id) == 1


async def test_a_request_that_failed_keeps_nothing_and_may_be_sent_again(
    client: httpx.AsyncClient, publisher: Database, org_id: UUID
) -> None:
    assert (await post(client, "k", "a", needs=str(new_id()))).status_code >= 400  # at COMMIT
    assert (await post(client, "l", "")).status_code == 422  # before it
    assert await stored(publisher, org_id) == 0
    assert (await post(client, "k")).status_code == 201
    assert (await post(client, "l")).status_code == 201


async def test_answer_and_effect_are_kept_in_one_transaction(
    app: FastAPI, client: httpx.AsyncClient, publisher: Database, org_id: UUID
) -> None:
    """Neither is visible before the other: a crash in between cannot happen, because there is no between."""
    gate = app.state.gate = Gate()
    running = asyncio.create_task(post(client, "k"))
    await gate.entered.wait()
    assert (await stored(publisher, org_id), await things(publisher, org_id)) == (0, 0)
    gate.open.set()
    await running
    async with publisher.engine.connect() as connection:
        await connection.execute(text("SELECT set_config('app.org_id', :org, true)"), {"org": str(org_id)})
        written_by = (
            await connection.execute(
                text(
                    "SELECT xmin::text FROM thing UNION SELECT xmin::text FROM idempotency_key"
                    " UNION SELECT xmin::text FROM outbox"
                )
            )
        ).all()
    assert len(written_by) == 1


async def test_a_key_is_forgotten_after_a_day(client: httpx.AsyncClient, publisher: Database, org_id: UUID) -> None:
    first = await post(client, "k")
    async with publisher.engine.begin() as connection:
        await connection.execute(text("SELECT set_config('app.org_id', :org, true)"), {"org": str(org_id)})
        await connection.execute(
            text("UPDATE idempotency_key SET created_at = :then"), {"then": utc_now() - timedelta(hours=25)}
        )
    assert (await post(client, "k")).json()["id"] != first.json()["id"]


@pytest.mark.parametrize("key", ["", "k" * 256, "a\tb"])
async def test_a_key_that_is_none_is_422_and_named(client: httpx.AsyncClient, key: str) -> None:
    answer = await post(client, key)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["idempotency-key"]


async def stored(database: Database, org_id: UUID) -> int:
    async with database.engine.connect() as connection:
        await connection.execute(text("SELECT set_config('app.org_id', :org, true)"), {"org": str(org_id)})
        return await connection.scalar(text("SELECT count(*) FROM idempotency_key")) or 0
