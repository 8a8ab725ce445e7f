"""What is written on documents and products is found: as it is, by any of its words, and first."""

from typing import Any

import pytest
from sqlalchemy import text

from shared.db.tenancy import Scope
from tests.documents.world import LINE, World
from tests.support.drawing import NAMES, drawn


async def found(world: World, path: str, q: str) -> list[dict[str, Any]]:
    answer = await world.client.get(f"/api/v1/{path}", params={"q": q, "limit": 200})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Ferretería Ruiz, S.L.", ("Ferretería Ruiz, S.L.", "ferreteria ruiz sl", "ruiz ferr", "feretería")),
        ("Straße & Łódź", ("strasse", "lodz", "LODZ strasse", "straße&łódź")),
        ("O'Hara-Paral·lel", ("o'hara", "ohara", "O’Hara", "parallel", "hara paral")),
        ("İstanbul ﬁnca 🍕", ("istanbul", "finca", "🍕")),
    ],
)
async def test_contacts_of_documents_and_products_are_found_alike(
    world: World, name: str, asked: tuple[str, ...]
) -> None:
    document = await world.draft(await world.contact(name))
    await world.draft(await world.contact("Bodegas Xuxu"))
    made = {}
    for field in ("name", "sku", "category"):
        values = {"name": "Xuxu", "unit_price": "1", field: name}
        made[field] = (await world.done("POST", "/api/v1/products", values, status=201))["id"]
    for q in asked:
        assert [item["id"] for item in await found(world, "documents", q)] == [document["id"]], q
        assert {item["id"] for item in await found(world, "products", q)} == set(made.values()), q


async def test_a_number_as_typed_is_alone_and_a_part_of_it_finds_all(world: World) -> None:
    contact = await world.contact("Acme 7")
    await world.done(
        "POST",
        "/api/v1/series",
        {"name": "Con guion", "format": "F-[YY]/%%%%", "document_type": "invoice", "is_default": True},
        status=201,
    )
    numbers = [(await world.approved(contact))["number"] for _ in range(3)]
    bought = await world.draft(contact, "purchase_invoice", supplier_number="A/2026-77")
    await world.draft(contact, "purchase_invoice", supplier_number="A/2026-771")
    for q in (numbers[1], numbers[1].lower(), numbers[1].replace("/", ""), numbers[1].replace("-", " ")):
        assert [item["number"] for item in await found(world, "documents", q)] == [numbers[1]], q
    assert {item["number"] for item in await found(world, "documents", numbers[1][:4])} == set(numbers)
    for q in ("A/2026-77", "a2026-77", "A 2026 77"):
        assert [item["id"] for item in await found(world, "documents", q)] == [bought["id"]], q


async def test_what_was_folded_otherwise_before_is_folded_anew_on_its_next_change(world: World) -> None:
    invoice = await world.approved(await world.contact("Straße"))
    async with world.database.transaction(Scope(world.org_id)) as session:
        await session.execute(text("UPDATE document SET search = 'straße'"))
    assert [item["id"] for item in await found(world, "documents", "strasse")] == [invoice["id"]]


async def test_products_are_sorted_as_in_a_spanish_dictionary(world: World) -> None:
    names = ["Nabo", "Nzz", "Ñame", "ñora", "Oca", "Ola"]
    for name in reversed(names):
        await world.done("POST", "/api/v1/products", {"name": name, "unit_price": "1"}, status=201)
    assert [item["name"] for item in (await world.done("GET", "/api/v1/products"))["items"]] == names


async def test_whatever_is_written_is_found_first_and_by_each_of_its_words(world: World) -> None:
    for name in drawn(NAMES, 25):
        document = await world.draft(await world.contact(name), lines=[LINE])
        product = await world.done("POST", "/api/v1/products", {"name": name, "unit_price": "1"}, status=201)
        for path, wanted in (("documents", document["id"]), ("products", product["id"])):
            assert wanted in [item["id"] for item in await found(world, path, name)], name
            for word in name.split():
                if any(character.isalnum() for character in word):
                    assert wanted in [item["id"] for item in await found(world, path, word)], (name, word)
