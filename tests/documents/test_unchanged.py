"""What was saved under older rules is saved again while it stays as it is; only what changes is judged."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from documents.drafts.schemas import DocumentPatch
from documents.models import Document, Product
from documents.products.schemas import ProductPatch
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from tests.documents.world import TODAY, Json, World

LONG = "x" * 21_000
BEFORE, AFTER = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def line(**values: Any) -> Json:
    kept = {"product_id": None, "description": "Queso", "quantity": "1", "unit_price": "10.00", "discount_pct": "0"}
    return {**kept, "taxes": ["iva_21"], "subtotal": "10.00", **values}


DRAFTS: list[tuple[str, Any, Any]] = [
    ("due_date", BEFORE, BEFORE - timedelta(days=1)),
    ("currency", "DEM", "FRF"),
    ("language", "gl", "pt"),
    ("series_id", new_id(), new_id()),
    ("supplier_number", "A-1", "A-2"),
    ("corrects_id", new_id(), new_id()),
    ("payment_method", "Al contado", "A plazos"),
    ("notes", LONG, LONG + "y"),
    ("lines", [line(description=LONG)], [line(description=LONG + "y")]),
    ("lines", [line(discount_pct="150")], [line(discount_pct="151")]),
    ("lines", [line(quantity="1.0000001")], [line(quantity="1.0000002")]),
    ("lines", [line(taxes=["iva_21", "iva_10"])], [line(taxes=["iva_10", "iva_21"])]),
    ("lines", [line(product_id=str(new_id()))], [line(product_id=str(new_id()))]),
    ("lines", [line(), line(taxes=["iva_99"])], [line(taxes=["iva_99"]), line()]),
]
PRODUCTS: list[tuple[str, Any, Any]] = [
    ("name", LONG, LONG + "y"),
    ("sku", LONG, LONG + "y"),
    ("description", LONG, LONG + "y"),
    ("category", LONG, LONG + "y"),
    ("unit_price", "-5.00", "-6.00"),
    ("cost", "-5.00", "-6.00"),
    ("currency", "DEM", "FRF"),
    ("taxes", ["iva_99"], ["iva_98"]),
]


def written(value: Any) -> Any:
    """As it is sent."""
    if isinstance(value, list):
        return [{name: each[name] for name in each if name != "subtotal"} for each in value]
    return value if isinstance(value, str) else str(value)


async def store(database: Database, org_id: UUID, table: type[Document | Product], row: Json, **values: Any) -> None:
    async with database.transaction(Scope(org_id)) as session:
        await session.execute(update(table).where(table.id == UUID(row["id"])).values(values))


@pytest.mark.parametrize(("field", "old", "wrong"), DRAFTS, ids=[f"{at}-{row[0]}" for at, row in enumerate(DRAFTS)])
async def test_a_draft_from_before_is_saved_again(
    world: World, database: Database, org_id: UUID, field: str, old: Any, wrong: Any
) -> None:
    draft = await world.draft(await world.contact())
    if field == "series_id":  # of another type
        body = {"name": "Presupuestos", "format": "OLD%%%", "document_type": "estimate"}
        old = UUID((await world.done("POST", "/api/v1/series", body, status=201))["id"])
    await store(database, org_id, Document, draft, **{field: old})
    shown = await world.get(draft)
    whole = {name: shown[name] for name in DocumentPatch.model_fields}
    whole["lines"] = written(shown["lines"])
    path = f"/api/v1/documents/{draft['id']}"
    changed = {"payment_method": "transfer"} if field == "notes" else {"notes": "Otra"}
    saved = await world.done("PATCH", path, {**whole, **changed})
    assert (saved[field], saved["version"]) == (shown[field], shown["version"] + 1)
    assert saved.items() >= changed.items()
    refused = await world.client.patch(path, json={**whole, field: written(wrong)})
    assert refused.status_code == 422, refused.text


@pytest.mark.parametrize(("field", "old", "wrong"), PRODUCTS, ids=[row[0] for row in PRODUCTS])
async def test_a_product_from_before_is_saved_again(
    world: World, database: Database, org_id: UUID, field: str, old: Any, wrong: Any
) -> None:
    made = await world.done("POST", "/api/v1/products", {"name": "Queso", "unit_price": "10"}, status=201)
    await store(database, org_id, Product, made, **{field: old})
    path = f"/api/v1/products/{made['id']}"
    shown = await world.done("GET", path)
    whole = {name: shown[name] for name in ProductPatch.model_fields}
    assert (await world.done("PATCH", path, whole)) == shown
    named = await world.done("PATCH", path, {**whole, "active": False})
    assert (named[field], named["active"]) == (shown[field], False)
    refused = await world.client.patch(path, json={**whole, field: wrong})
    assert refused.status_code == 422, refused.text


def test_every_field_that_is_judged_is_tried() -> None:
    assert {field for field, _, _ in DRAFTS} == set(DocumentPatch.model_fields) - {"contact_id", "issue_date"}
    assert {field for field, _, _ in PRODUCTS} == set(ProductPatch.model_fields) - {"in_catalogue", "active"}
