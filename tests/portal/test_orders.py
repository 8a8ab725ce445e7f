"""What a client may order, and what becomes of it."""

from decimal import Decimal
from typing import Any

import pytest

from shared.identifiers import new_id
from tests.portal.world import World, new_email
from tests.support.outbox import recorded


async def test_the_catalogue_shows_what_is_offered_by_name(world: World, other_world: World) -> None:
    await world.product("Zumo", unit_price=Decimal("0.123400"))
    await world.product("Árbol")
    await world.product("aceite", sku="A-1", category="Despensa", description="Virgen extra")
    await world.product("Secreto", in_catalogue=False)
    await world.product("Antiguo", active=False)
    await other_world.product("De otros")
    async with world.client() as client:
        seen: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = (await client.get(f"/portal/api/catalogue?limit=2{cursor}")).json()
            seen += page["items"]
            if not page["next_cursor"]:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert [item["name"] for item in seen] == ["aceite", "Árbol", "Zumo"]
        assert seen[2]["unit_price"] == "0.1234"
        del seen[0]["id"]
        assert seen[0] == {
            "name": "aceite",
            "sku": "A-1",
            "description": "Virgen extra",
            "category": "Despensa",
            "unit_price": "12.50",
            "currency": "EUR",
            "taxes": ["iva_10"],
        }
        for cursor in ("x", "WzEsMl0", "WzFd"):
            assert (await client.get(f"/portal/api/catalogue?cursor={cursor}")).status_code == 422


async def test_a_closed_catalogue_shows_nothing_and_takes_no_order(world: World) -> None:
    product = await world.product("Queso")
    contact_id = await world.contact(new_email())
    async with world.client(contact_id) as client:
        await world.open_portal(contact_id, password=None, catalogue=False)
        for answer in (
            await client.get("/portal/api/catalogue"),
            await client.post("/portal/api/orders", json={"lines": [{"product_id": str(product), "quantity": "1"}]}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "portal.catalogue_closed")


async def test_an_order_is_kept_and_told(world: World) -> None:
    cheese, wine = await world.product("Queso"), await world.product("Vino", unit_price=Decimal("8"))
    contact_id = await world.contact(new_email())
    lines = [{"product_id": str(cheese), "quantity": "3"}, {"product_id": str(wine), "quantity": 0.5}]
    async with world.client(contact_id) as client:
        answer = await client.post("/portal/api/orders", json={"lines": lines, "notes": "Por la mañana"})
        assert answer.status_code == 201, answer.text
        order = answer.json()
        assert order["status"] == "placed"
        assert order["lines"] == [
            {
                "product_id": str(cheese),
                "name": "Queso",
                "quantity": "3",
                "unit_price": "12.50",
                "currency": "EUR",
            },
            {"product_id": str(wine), "name": "Vino", "quantity": "0.5", "unit_price": "8.00", "currency": "EUR"},
        ]
        assert (await client.get("/portal/api/orders")).json()["items"] == [order]
        # Its sales order has the same id, and shows once it is approved.
        await world.document(contact_id, id=order["id"], type="sales_order", status="draft", version=1)
        assert (await client.get("/portal/api/orders")).json()["items"][0]["status"] == "placed"
        await world.document(contact_id, id=order["id"], type="sales_order", version=2)
        assert (await client.get("/portal/api/orders")).json()["items"][0]["status"] == "approved"
    [event] = [event for event in await recorded(world.database, world.org_id) if ".order." in event.name]
    assert (event.name, event.version, event.subject) == ("ficha.portal.order.placed.v1", 1, event.data.id)
    assert str(event.data.id) == order["id"]
    assert event.data.contact_id == contact_id
    assert [(line.product_id, line.quantity) for line in event.data.lines] == [
        (cheese, Decimal(3)),
        (wine, Decimal("0.5")),
    ]
    assert event.data.notes == "Por la mañana"


async def test_pages_of_orders_follow_one_another(world: World) -> None:
    product = await world.product("Queso")
    async with world.client() as client:
        placed = []
        for _ in range(5):
            body = {"lines": [{"product_id": str(product), "quantity": "1"}]}
            placed.append((await client.post("/portal/api/orders", json=body)).json()["id"])
        seen, cursor = [], ""
        while True:
            page = (await client.get(f"/portal/api/orders?limit=2{cursor}")).json()
            seen += [item["id"] for item in page["items"]]
            if not page["next_cursor"]:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert seen == placed[::-1]
        for cursor in ("x", "WzFd"):
            assert (await client.get(f"/portal/api/orders?cursor={cursor}")).status_code == 422


async def test_the_same_idempotency_key_orders_once(world: World) -> None:
    body = {"lines": [{"product_id": str(await world.product("Queso")), "quantity": "1"}]}
    async with world.client() as client:
        first, second = [
            await client.post("/portal/api/orders", json=body, headers={"Idempotency-Key": "order-1"}) for _ in range(2)
        ]
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        assert len((await client.get("/portal/api/orders")).json()["items"]) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"lines": []}, "lines"),
        ({}, "lines"),
        ({"lines": [{}]}, "lines.0.product_id"),
        ({"lines": [{"quantity": "0"}]}, "lines.0.quantity"),
        ({"lines": [{"quantity": "-1"}]}, "lines.0.quantity"),
        ({"lines": [{"quantity": "1e30"}]}, "lines.0.quantity"),
        ({"lines": [{"quantity": "NaN"}]}, "lines.0.quantity"),
        ({"lines": [{"quantity": "0.0000001"}]}, "lines.0.quantity"),
        ({"lines": [{"quantity": "1", "unit_price": "0.01"}]}, "lines.0.unit_price"),
        ({"lines": [{"product_id": "x", "quantity": "1"}]}, "lines.0.product_id"),
        ({"lines": [{"quantity": "1"}, {"product_id": str(new_id()), "quantity": "1"}]}, "lines.1.product_id"),
        ({"lines": [{"quantity": "1"}] * 101}, "lines"),
        ({"lines": [{"quantity": "1"}], "notes": "x" * 2001}, "notes"),
        ({"lines": [{"quantity": "1"}], "notes": "a\u0000b"}, "notes"),
        ({"lines": [{"quantity": "1000000"}] * 100}, "lines"),
    ],
)
async def test_a_wrong_field_is_named(world: World, body: dict[str, Any], field: str) -> None:
    product = await world.product("Queso", unit_price=Decimal("12.50"))
    if "lines" in body:
        named = [
            line if "product_id" in line or not line else {"product_id": str(product), **line} for line in body["lines"]
        ]
        body = {**body, "lines": named}
    async with world.client() as client:
        answer = await client.post("/portal/api/orders", json=body)
    assert answer.status_code == 422, answer.text
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert not [event for event in await recorded(world.database, world.org_id) if ".order." in event.name]


async def test_products_leave_the_catalogue_whatever_the_order_of_their_events(world: World) -> None:
    product = await world.product("Queso", version=2, active=False)
    await world.product("Queso", id=product, version=1)
    async with world.client() as client:
        assert (await client.get("/portal/api/catalogue")).json()["items"] == []
        body = {"lines": [{"product_id": str(product), "quantity": "1"}]}
        assert (await client.post("/portal/api/orders", json=body)).status_code == 422
        await world.product("Queso", id=product, version=3)
        assert (await client.post("/portal/api/orders", json=body)).status_code == 201
