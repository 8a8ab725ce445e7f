"""Opportunities over HTTP: open, move, win, lose, reopen, delete, restore, list."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from crm.models import Opportunity
from crm.opportunities.schemas import OpportunityPatch
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from tests.crm.support import ok, pages
from tests.support.identity import client_of
from tests.support.outbox import recorded

PATH = "/api/v1/opportunities"


async def open_one(client: httpx.AsyncClient, contact_id: str, **values: object) -> dict[str, Any]:
    body = {"contact_id": contact_id, "title": "Reforma", "value": "1000.00", "currency": "EUR", **values}
    made: dict[str, Any] = await ok(client, "POST", PATH, body, status=201)
    return made


async def stages_of(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    stages: list[dict[str, Any]] = (await ok(client, "GET", "/api/v1/pipelines"))["items"][0]["stages"]
    return stages


async def test_without_a_stage_it_starts_in_the_first_of_the_default_pipeline(
    client: httpx.AsyncClient, contact_id: str, database: Database, org_id: UUID
) -> None:
    answer = await client.post(
        PATH,
        json={
            "contact_id": contact_id,
            "title": " Reforma ",
            "value": "1000",
            "currency": "EUR",
            "expected_close": "2027-01-31",
        },
    )
    assert answer.status_code == 201, answer.text
    made = answer.json()
    first = (await stages_of(client))[0]
    assert (made["stage_id"], made["stage_name"], made["probability"]) == (first["id"], first["name"], 10)
    assert (made["title"], made["value"], made["status"], made["contact_name"]) == (
        "Reforma",
        "1000.00",
        "open",
        "Acme",
    )
    assert (answer.headers["etag"], answer.headers["location"]) == ('"1"', f"{PATH}/{made['id']}")
    assert await ok(client, "GET", answer.headers["location"]) == made
    [event] = await recorded(database, org_id)
    assert (event.name, str(event.subject), event.version) == ("ficha.crm.opportunity.created.v1", made["id"], 1)
    assert (str(event.data.contact_id), str(event.data.value), event.data.status) == (contact_id, "1000.00", "open")


async def test_the_probability_follows_the_stage_unless_it_is_given(client: httpx.AsyncClient, contact_id: str) -> None:
    stages = await stages_of(client)
    made = await open_one(client, contact_id, probability=33)
    assert made["probability"] == 33
    path = f"{PATH}/{made['id']}"
    moved = await ok(client, "PATCH", path, {"stage_id": stages[2]["id"]})
    assert (moved["stage_name"], moved["probability"], moved["version"]) == ("Propuesta enviada", 50, 2)
    both = await ok(client, "PATCH", path, {"stage_id": stages[3]["id"], "probability": 5})
    assert (both["stage_id"], both["probability"]) == (stages[3]["id"], 5)
    assert await ok(client, "PATCH", path, {"stage_id": stages[3]["id"]}) == both


async def test_another_pipeline_means_its_first_stage(client: httpx.AsyncClient, contact_id: str) -> None:
    body = {"name": "Obra", "stages": [{"name": "Visita", "probability": 15}, {"name": "Oferta", "probability": 60}]}
    other = await ok(client, "POST", "/api/v1/pipelines", body, status=201)
    made = await open_one(client, contact_id)
    moved = await ok(client, "PATCH", f"{PATH}/{made['id']}", {"pipeline_id": other["id"]})
    assert (moved["pipeline_id"], moved["stage_name"], moved["probability"]) == (other["id"], "Visita", 15)
    there = await open_one(client, contact_id, pipeline_id=other["id"], stage_id=other["stages"][1]["id"])
    assert (there["stage_name"], there["probability"]) == ("Oferta", 60)


async def test_wrong_stages_and_pipelines_are_named(client: httpx.AsyncClient, contact_id: str) -> None:
    body = {"name": "Obra", "stages": [{"name": "Visita", "probability": 15}]}
    other = await ok(client, "POST", "/api/v1/pipelines", body, status=201)
    made = await open_one(client, contact_id)
    for values, field in (
        ({"stage_id": str(new_id())}, "stage_id"),
        ({"pipeline_id": str(new_id())}, "pipeline_id"),
        ({"pipeline_id": made["pipeline_id"], "stage_id": other["stages"][0]["id"]}, "stage_id"),
    ):
        for answer in (
            await client.patch(f"{PATH}/{made['id']}", json=values),
            await client.post(
                PATH, json={"contact_id": contact_id, "title": "A", "value": "1", "currency": "EUR", **values}
            ),
        ):
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_winning_and_losing_close_it_once_and_reopening_takes_it_back(
    client: httpx.AsyncClient, contact_id: str, database: Database, org_id: UUID
) -> None:
    made = await open_one(client, contact_id)
    path = f"{PATH}/{made['id']}"
    won = await ok(client, "POST", f"{path}/win")
    assert (won["status"], won["version"], won["closed_at"] is None) == ("won", 2, False)
    assert await ok(client, "POST", f"{path}/win") == won
    for refused in (
        await client.post(f"{path}/lose", json={"reason": "Precio"}),
        await client.patch(path, json={"stage_id": (await stages_of(client))[1]["id"]}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "crm.opportunity_closed")
    reopened = await ok(client, "POST", f"{path}/reopen")
    assert (reopened["status"], reopened["closed_at"], reopened["stage_id"]) == ("open", None, made["stage_id"])
    assert await ok(client, "POST", f"{path}/reopen") == reopened
    lost = await ok(client, "POST", f"{path}/lose", {"reason": "Precio"})
    assert (lost["status"], lost["lost_reason"]) == ("lost", "Precio")
    assert (await ok(client, "POST", f"{path}/lose", {"reason": "Otra"}))["lost_reason"] == "Precio"
    names = [event.name.removeprefix("ficha.crm.opportunity.") for event in await recorded(database, org_id)]
    assert names == ["created.v1", "won.v1", "updated.v1", "lost.v1"]


async def test_losing_wants_a_reason(client: httpx.AsyncClient, contact_id: str) -> None:
    made = await open_one(client, contact_id)
    for body in ({}, {"reason": " "}, {"reason": None}):
        refused = await client.post(f"{PATH}/{made['id']}/lose", json=body)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "reason")


async def test_a_patch_changes_only_what_was_sent(
    client: httpx.AsyncClient, contact_id: str, database: Database, org_id: UUID
) -> None:
    made = await open_one(client, contact_id, expected_close="2027-01-31")
    path = f"{PATH}/{made['id']}"
    patched = await ok(client, "PATCH", path, {"value": "12.5", "title": "Reforma"})
    assert (patched["value"], patched["expected_close"], patched["version"]) == ("12.50", "2027-01-31", 2)
    assert await ok(client, "PATCH", path, {"value": "12.50", "stage_id": None}) == patched
    assert (await ok(client, "PATCH", path, {"expected_close": None}))["expected_close"] is None
    assert [event.changed for event in await recorded(database, org_id)] == [(), ("value",), ("expected_close",)]


async def test_writers_at_the_same_time_each_get_their_turn(client: httpx.AsyncClient, contact_id: str) -> None:
    """Also while it moves: whoever waits for its row finds it in its new stage."""
    stages = await stages_of(client)
    path = f"{PATH}/{(await open_one(client, contact_id))['id']}"
    moves = [client.patch(path, json={"stage_id": stages[n % 4 + 1]["id"]}) for n in range(8)]
    values = [client.patch(path, json={"value": f"{n + 1}.00"}) for n in range(8)]
    answers = await asyncio.gather(*(patch for pair in zip(moves, values, strict=True) for patch in pair))
    assert {answer.status_code for answer in answers} == {200}
    last = await ok(client, "GET", path)
    assert last["version"] == max(answer.json()["version"] for answer in answers)
    section = (await ok(client, "GET", f"/internal/contacts/{contact_id}/panel"))["opportunities"]
    assert (section["count"], section["value_total"]) == (1, last["value"])


async def test_winning_at_the_same_time_counts_once(client: httpx.AsyncClient, contact_id: str) -> None:
    made = [await open_one(client, contact_id) for _ in range(2)]
    await asyncio.gather(*(client.post(f"{PATH}/{one['id']}/win") for one in made[:1] * 6))
    section = (await ok(client, "GET", f"/internal/contacts/{contact_id}/panel"))["opportunities"]
    assert (section["count"], section["value_total"]) == (1, "1000.00")


async def test_a_deleted_one_is_hidden_and_comes_back_as_it_was(
    client: httpx.AsyncClient, contact_id: str, database: Database, org_id: UUID
) -> None:
    made = await open_one(client, contact_id)
    path = f"{PATH}/{made['id']}"
    assert (await client.delete(path, headers={"If-Match": '"9"'})).status_code == 412
    await ok(client, "DELETE", path, status=204)
    assert (await client.get(path)).json()["code"] == "crm.opportunity_not_found"
    assert (await client.delete(path)).status_code == 404
    assert (await client.post(f"{path}/win")).status_code == 404
    assert await pages(client, PATH) == []
    restored = await ok(client, "POST", f"{path}/restore")
    assert {**restored, "version": 1, "updated_at": made["updated_at"]} == made
    assert await ok(client, "POST", f"{path}/restore") == restored
    _, gone, back = await recorded(database, org_id)
    assert (gone.name, gone.data.deleted, gone.changed) == ("ficha.crm.opportunity.deleted.v1", True, ("deleted",))
    assert (back.name, back.data.deleted, back.version) == ("ficha.crm.opportunity.updated.v1", False, 3)


async def test_filters_narrow_the_list_and_pages_follow_one_another(client: httpx.AsyncClient, contact_id: str) -> None:
    stages = await stages_of(client)
    made = [await open_one(client, contact_id, title=f"O{i}", stage_id=stages[i % 2]["id"]) for i in range(5)]
    await ok(client, "POST", f"{PATH}/{made[0]['id']}/win")
    await ok(client, "POST", f"{PATH}/{made[1]['id']}/lose", {"reason": "Precio"})
    for query, expected in (
        ({}, ["O4", "O3", "O2", "O1", "O0"]),
        ({"contact_id": contact_id}, ["O4", "O3", "O2", "O1", "O0"]),
        ({"status": "open"}, ["O4", "O3", "O2"]),
        ({"status": "won"}, ["O0"]),
        ({"stage_id": stages[1]["id"]}, ["O3", "O1"]),
        ({"stage_id": stages[1]["id"], "status": "open"}, ["O3"]),
        ({"pipeline_id": made[0]["pipeline_id"], "status": "lost"}, ["O1"]),
        ({"pipeline_id": str(new_id())}, []),
        ({"contact_id": str(new_id())}, []),
    ):
        assert [item["title"] for item in await pages(client, PATH, **query)] == expected, query


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_another_organisations_is_not_found(
    app: FastAPI, client: httpx.AsyncClient, contact_id: str, method: str
) -> None:
    made = await open_one(client, contact_id)
    async with client_of(app, new_id()) as stranger:
        body = {"title": "Mía"} if method == "PATCH" else None
        assert (await stranger.request(method, f"{PATH}/{made['id']}", json=body)).status_code == 404
        for action in ("win", "reopen", "restore"):
            assert (await stranger.post(f"{PATH}/{made['id']}/{action}")).status_code == 404
        assert await pages(stranger, PATH) == []
        body = {"contact_id": contact_id, "title": "A", "value": "1", "currency": "EUR"}
        assert (await stranger.post(PATH, json=body)).json()["code"] == "crm.contact_not_found"
        body["stage_id"] = made["stage_id"]
    assert await ok(client, "GET", f"{PATH}/{made['id']}") == made


async def test_the_same_idempotency_key_opens_one(
    client: httpx.AsyncClient, contact_id: str, database: Database, org_id: UUID
) -> None:
    body = {"contact_id": contact_id, "title": "A", "value": "1", "currency": "EUR"}
    first, second = [await client.post(PATH, json=body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert (second.status_code, second.json()) == (201, first.json())
    assert len(await recorded(database, org_id)) == 1


@pytest.mark.parametrize(
    ("currency", "given", "kept"),
    [
        ("JPY", "1000", "1000"),
        ("JPY", "1000.00", "1000"),
        ("JPY", "0.5", None),
        ("EUR", "0.5", "0.50"),
        ("EUR", "0.505", None),
        ("KWD", "0.505", "0.505"),
        ("KWD", "0.5055", None),
        *((code, "1", None) for code in ("XAU", "XXX", "XTS", "XDR", "DEM", "CLF", "UYW", "eur")),
    ],
)
async def test_a_value_has_the_decimals_of_its_currency(
    client: httpx.AsyncClient, contact_id: str, currency: str, given: str, kept: str | None
) -> None:
    body = {"contact_id": contact_id, "title": "Reforma", "value": given, "currency": currency}
    answer = await client.post(PATH, json=body)
    if kept is None:
        assert answer.status_code == 422, answer.text
        assert [error["field"] for error in answer.json()["errors"]] == ["value" if given != "1" else "currency"]
        return
    made = answer.json()
    assert made["value"] == kept
    [listed] = await pages(client, PATH, contact_id=contact_id)
    assert listed["value"] == kept


async def test_a_value_does_not_lose_decimals_by_another_currency(client: httpx.AsyncClient, contact_id: str) -> None:
    made = await open_one(client, contact_id, value="10.50")
    refused = await client.patch(f"{PATH}/{made['id']}", json={"currency": "JPY"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "value")
    moved = await ok(client, "PATCH", f"{PATH}/{made['id']}", {"currency": "JPY", "value": "11"})
    assert (moved["currency"], moved["value"]) == ("JPY", "11")


@pytest.mark.parametrize(
    ("field", "old", "wrong"),
    [
        ("title", "x" * 300, "y" * 300),
        ("currency", "DEM", "FRF"),
    ],
)
async def test_what_one_had_under_older_rules_is_saved_again(
    client: httpx.AsyncClient,
    contact_id: str,
    database: Database,
    org_id: UUID,
    field: str,
    old: object,
    wrong: object,
) -> None:
    path = f"{PATH}/{(await open_one(client, contact_id))['id']}"
    async with database.transaction(Scope(org_id)) as session:
        await session.execute(update(Opportunity).where(Opportunity.org_id == org_id).values({field: old}))
    shown = await ok(client, "GET", path)
    whole = {name: shown[name] for name in OpportunityPatch.model_fields}
    assert await ok(client, "PATCH", path, whole) == shown
    other = {"expected_close": "2030-01-01"}
    assert (await ok(client, "PATCH", path, {**whole, **other}))[field] == old
    refused = await client.patch(path, json={**whole, field: wrong})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
