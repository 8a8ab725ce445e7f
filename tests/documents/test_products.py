"""Products over HTTP."""

from uuid import UUID

import pytest
from sqlalchemy import update

from documents.models import Product
from documents.products.schemas import ProductPatch
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from tests.documents.world import Json, World
from tests.support.outbox import recorded

CHEESE: Json = {"name": "Queso Cabrales", "sku": "NW-011", "category": "Lácteos", "unit_price": "21.00"}


async def make(world: World, **values: object) -> Json:
    return await world.done("POST", "/api/v1/products", {**CHEESE, **values}, status=201)


async def test_a_product_is_created_read_and_edited(world: World, database: Database, org_id: UUID) -> None:
    product = await make(world, cost="12.345678")
    assert (product["currency"], product["taxes"], product["cost"]) == ("EUR", ["iva_21"], "12.345678")
    path = f"/api/v1/products/{product['id']}"
    assert await world.done("GET", path) == product
    edited = await world.done("PATCH", path, {"unit_price": "22", "in_catalogue": True, "sku": None})
    assert (edited["unit_price"], edited["sku"], edited["version"]) == ("22.00", None, 2)
    assert (await world.done("PATCH", path, {"unit_price": "22.00"}))["version"] == 2
    stale = await world.client.patch(path, json={"name": "x"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    created, updated = await recorded(database, org_id)
    assert (created.name, updated.name) == ("ficha.documents.product.created.v1", "ficha.documents.product.updated.v1")
    assert (updated.version, updated.changed) == (2, ("in_catalogue", "sku", "unit_price"))
    assert not hasattr(updated.data, "cost")


async def test_search_filters_and_pages(world: World) -> None:
    for name, in_catalogue in (("Ñame", True), ("avena", False), ("Ávila", True), ("Zumo", True), ("avena", True)):
        await make(world, name=name, in_catalogue=in_catalogue)
    seen: list[str] = []
    cursor = ""
    while True:
        page = await world.done("GET", f"/api/v1/products?limit=2{cursor}")
        seen += [item["name"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == ["avena", "avena", "Ávila", "Ñame", "Zumo"]
    for query, expected in (
        ("q=avil", ["Ávila"]),
        ("q=LACTEOS name", ["Ñame"]),
        ("in_catalogue=true&q=avena", ["avena"]),
        ("active=false", []),
    ):
        items = (await world.done("GET", f"/api/v1/products?{query}"))["items"]
        assert [item["name"] for item in items] == expected


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("name", {"name": ""}),
        ("unit_price", {"unit_price": "-1"}),
        ("unit_price", {"unit_price": "1e30"}),
        ("currency", {"currency": "eur"}),
        ("taxes", {"taxes": ["iva_21", "iva_4"]}),
        ("taxes.0", {"taxes": ["IVA"]}),
        ("surprise", {"surprise": 1}),
    ],
)
async def test_a_wrong_field_is_named(world: World, field: str, change: Json) -> None:
    answer = await world.client.post("/api/v1/products", json={**CHEESE, **change})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_an_unknown_product_is_not_found(world: World) -> None:
    path = f"/api/v1/products/{new_id()}"
    assert await world.refused("GET", path) == (404, "documents.product_not_found")
    assert await world.refused("PATCH", path, {"name": "x"}) == (404, "documents.product_not_found")


@pytest.mark.parametrize(
    ("field", "old", "wrong"),
    [
        ("name", "x" * 300, "y" * 300),
        ("sku", "x" * 300, "y" * 300),
        ("description", "x" * 6000, "y" * 6000),
        ("category", "x" * 300, "y" * 300),
        ("currency", "DEM", "FRF"),
        ("taxes", ["iva_99"], ["iva_98"]),
    ],
)
async def test_what_a_product_had_under_older_rules_is_saved_again(
    world: World, database: Database, org_id: UUID, field: str, old: object, wrong: object
) -> None:
    path = f"/api/v1/products/{(await make(world))['id']}"
    async with database.transaction(Scope(org_id)) as session:
        await session.execute(update(Product).where(Product.org_id == org_id).values({field: old}))
    shown = await world.done("GET", path)
    whole = {name: shown[name] for name in ProductPatch.model_fields}
    assert await world.done("PATCH", path, whole) == shown
    assert (await world.done("PATCH", path, {**whole, "in_catalogue": True}))[field] == old
    refused = await world.client.patch(path, json={**whole, field: wrong})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
