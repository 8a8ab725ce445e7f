"""Pipelines over HTTP: the default one, stages in order, what cannot be removed."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from sqlalchemy import update

from crm.models import Pipeline, Stage
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from tests.crm.support import ok, pages
from tests.support.identity import client_of

TWO_STAGES = {
    "name": "Obra",
    "stages": [{"name": "Visita", "probability": 20}, {"name": "Oferta", "probability": 60}],
}


async def test_an_organisation_gets_its_default_pipeline_once_however_many_ask(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(client.get("/api/v1/pipelines") for _ in range(5)))
    assert len({answer.text for answer in answers}) == 1
    [pipeline] = answers[0].json()["items"]
    assert (pipeline["name"], pipeline["is_default"], pipeline["version"]) == ("Ventas", True, 1)
    assert [(stage["name"], stage["probability"]) for stage in pipeline["stages"]] == [
        ("Nuevo contacto", 10),
        ("Necesidad detectada", 25),
        ("Propuesta enviada", 50),
        ("Negociación", 75),
        ("Cierre", 90),
    ]


async def test_the_default_pipeline_leads_even_when_another_was_asked_for_first(client: httpx.AsyncClient) -> None:
    made = await client.post("/api/v1/pipelines", json=TWO_STAGES)
    assert made.status_code == 201, made.text
    assert (made.headers["etag"], made.json()["is_default"]) == ('"1"', False)
    await ok(client, "POST", "/api/v1/pipelines", {**TWO_STAGES, "name": "Otra"}, status=201)
    assert [item["name"] for item in await pages(client, "/api/v1/pipelines")] == ["Ventas", "Obra", "Otra"]
    assert await ok(client, "GET", made.headers["location"]) == made.json()


async def test_stages_are_renamed_reordered_added_and_removed_in_one_patch(client: httpx.AsyncClient) -> None:
    made = await ok(client, "POST", "/api/v1/pipelines", TWO_STAGES, status=201)
    path = f"/api/v1/pipelines/{made['id']}"
    _, offer = made["stages"]
    wanted = [{"name": "Firma", "probability": 95}, {"id": offer["id"], "name": "Propuesta", "probability": 50}]
    patched = await ok(client, "PATCH", path, {"stages": wanted})
    assert [(stage["name"], stage["probability"]) for stage in patched["stages"]] == [("Firma", 95), ("Propuesta", 50)]
    assert (patched["stages"][1]["id"], patched["version"]) == (offer["id"], 2)
    assert await ok(client, "GET", path) == patched
    assert await ok(client, "PATCH", path, {"stages": patched["stages"], "name": "Obra"}) == patched


async def test_a_stage_with_opportunities_in_it_stays(client: httpx.AsyncClient, contact_id: str) -> None:
    made = await ok(client, "POST", "/api/v1/pipelines", TWO_STAGES, status=201)
    path = f"/api/v1/pipelines/{made['id']}"
    first, second = made["stages"]
    deal = {"contact_id": contact_id, "title": "A", "value": "1", "currency": "EUR", "stage_id": second["id"]}
    opportunity = await ok(client, "POST", "/api/v1/opportunities", deal, status=201)
    await ok(client, "DELETE", f"/api/v1/opportunities/{opportunity['id']}", status=204)
    refused = await client.patch(path, json={"stages": [first]})
    assert (refused.status_code, refused.json()["code"]) == (409, "crm.stage_in_use")
    assert len((await ok(client, "PATCH", path, {"stages": [second]}))["stages"]) == 1


async def test_a_stage_cannot_be_removed_while_somebody_enters_it(client: httpx.AsyncClient, contact_id: str) -> None:
    made = await ok(client, "POST", "/api/v1/pipelines", TWO_STAGES, status=201)
    first, second = made["stages"]
    deal = {"contact_id": contact_id, "title": "A", "value": "1", "currency": "EUR", "stage_id": second["id"]}
    answers = await asyncio.gather(
        *(client.post("/api/v1/opportunities", json=deal) for _ in range(4)),
        client.patch(f"/api/v1/pipelines/{made['id']}", json={"stages": [first]}),
    )
    assert [answer.status_code for answer in answers] in ([201] * 4 + [409], [422] * 4 + [200])


async def test_stages_of_others_are_refused_by_name(app: FastAPI, client: httpx.AsyncClient) -> None:
    made = await ok(client, "POST", "/api/v1/pipelines", TWO_STAGES, status=201)
    path = f"/api/v1/pipelines/{made['id']}"
    first = made["stages"][0]
    default = (await ok(client, "GET", "/api/v1/pipelines"))["items"][0]["stages"][0]
    for stages, field in (
        ([first, {**default}], "stages.1.id"),
        ([first, first], "stages.1.id"),
        ([{**first, "id": str(new_id())}], "stages.0.id"),
        ([], "stages"),
        ([{"name": "x", "probability": 101}], "stages.0.probability"),
    ):
        refused = await client.patch(path, json={"stages": stages})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    async with client_of(app, new_id()) as stranger:
        for answer in (await stranger.get(path), await stranger.patch(path, json={"name": "Mía"})):
            assert (answer.status_code, answer.json()["code"]) == (404, "crm.pipeline_not_found")


async def test_a_stale_writer_gets_412(client: httpx.AsyncClient, org_id: UUID) -> None:
    made: dict[str, Any] = await ok(client, "POST", "/api/v1/pipelines", TWO_STAGES, status=201)
    path = f"/api/v1/pipelines/{made['id']}"
    assert (await client.patch(path, json={"name": "A"}, headers={"If-Match": '"1"'})).status_code == 200
    stale = await client.patch(path, json={"name": "B"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")


async def test_a_pipeline_from_before_is_saved_again(
    client: httpx.AsyncClient, database: Database, org_id: UUID
) -> None:
    """Names that no longer would be taken stay, beside those that change."""
    made = await ok(client, "POST", "/api/v1/pipelines", TWO_STAGES, status=201)
    path = f"/api/v1/pipelines/{made['id']}"
    first, second = made["stages"]
    long = "x" * 300
    async with database.transaction(Scope(org_id)) as session:
        await session.execute(update(Pipeline).where(Pipeline.id == UUID(made["id"])).values(name=long))
        await session.execute(update(Stage).where(Stage.id == UUID(first["id"])).values(name=long))
    shown = await ok(client, "GET", path)
    whole = {"name": shown["name"], "stages": shown["stages"]}
    assert await ok(client, "PATCH", path, whole) == shown
    changed = await ok(client, "PATCH", path, {**whole, "stages": [shown["stages"][0], {**second, "name": "Otra"}]})
    assert [stage["name"] for stage in changed["stages"]] == [long, "Otra"]
    for wrong in ({"name": long + "y"}, {"stages": [{**shown["stages"][0], "name": long + "y"}, second]}):
        assert (await client.patch(path, json={**whole, **wrong})).status_code == 422
