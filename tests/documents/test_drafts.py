"""Drafts: defaults, edits, refusals, conversions."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from shared.db.session import Database
from shared.identifiers import new_id
from tests.documents.world import LINE, TODAY, Json, World
from tests.support.identity import client_of
from tests.support.outbox import recorded

TYPES = [
    "invoice",
    "sales_receipt",
    "credit_note",
    "estimate",
    "proforma",
    "delivery_note",
    "sales_order",
    "purchase_invoice",
    "purchase_receipt",
    "purchase_credit_note",
    "purchase_order",
]


@pytest.mark.parametrize("document_type", TYPES)
async def test_every_type_starts_from_the_contacts_defaults(world: World, document_type: str) -> None:
    defaults = {
        "language": "en",
        "currency": "USD",
        "payment_method": "direct_debit",
        "payment_days": 60,
        "discount_pct": "10",
        "tax_regime": "intra_eu",
        "irpf": "irpf_7",
    }
    contact = await world.contact(defaults=defaults)
    line = {"description": "x", "quantity": "1", "unit_price": "100"}
    draft = await world.draft(contact, document_type, lines=[line])
    assert (draft["language"], draft["currency"], draft["payment_method"]) == ("en", "USD", "direct_debit")
    assert (draft["lines"][0]["discount_pct"], draft["lines"][0]["taxes"]) == ("10", ["intra_eu", "irpf_7"])
    assert draft["total"] == "83.70"
    owed = document_type in ("invoice", "sales_receipt", "purchase_invoice", "purchase_receipt")
    assert draft["due_date"] == ((TODAY + timedelta(days=60)).isoformat() if owed else None)
    assert draft["side"] == ("purchases" if document_type.startswith("purchase") else "sales")


async def test_what_is_given_wins_over_the_defaults(world: World) -> None:
    contact = await world.contact(defaults={"currency": "USD", "discount_pct": "10", "payment_days": 60})
    draft = await world.draft(
        contact,
        issue_date="2026-01-31",
        due_date="2026-02-01",
        currency="EUR",
        lines=[{**LINE, "discount_pct": "0", "taxes": []}],
    )
    assert (draft["currency"], draft["total"], draft["due_date"]) == ("EUR", "100.00", "2026-02-01")
    assert draft["taxes"] == []


async def test_a_line_with_a_product_takes_what_it_does_not_say(world: World) -> None:
    body = {"name": "Queso", "unit_price": "12.50", "cost": "8.00", "taxes": ["iva_4"]}
    product = await world.done("POST", "/api/v1/products", body, status=201)
    contact = await world.contact()
    sold = await world.draft(contact, lines=[{"product_id": product["id"], "quantity": "2"}])
    assert sold["lines"][0]["description"] == "Queso"
    assert (sold["lines"][0]["taxes"], sold["subtotal"]) == (["iva_4"], "25.00")
    bought = await world.draft(contact, "purchase_order", lines=[{"product_id": product["id"], "quantity": "2"}])
    assert bought["subtotal"] == "16.00"
    in_dollars = {"type": "invoice", "contact_id": contact, "currency": "USD"}
    answer = await world.client.post("/api/v1/documents", json={**in_dollars, "lines": [{"product_id": product["id"]}]})
    assert answer.json()["errors"][0]["field"] == "lines.0.unit_price"


async def test_a_patch_changes_only_what_was_sent_and_totals_follow(
    world: World, database: Database, org_id: UUID
) -> None:
    contact = await world.contact(defaults={"payment_days": 30})
    draft = await world.draft(contact, notes="uno")
    path = f"/api/v1/documents/{draft['id']}"
    moved = await world.done("PATCH", path, {"issue_date": "2026-03-01"})
    assert (moved["due_date"], moved["notes"], moved["total"]) == ("2026-03-31", "uno", "121.00")
    changed = await world.done("PATCH", path, {"lines": [{**LINE, "quantity": "3"}], "notes": None})
    assert (changed["total"], changed["notes"], changed["version"]) == ("181.50", None, 3)
    same = await world.done("PATCH", path, {"due_date": "2026-03-31"})
    assert same["version"] == 3
    other = await world.contact("Otra")
    assert (await world.done("PATCH", path, {"contact_id": other}))["contact_name"] == "Otra"
    events = await recorded(database, org_id)
    assert [event.version for event in events] == [1, 2, 3, 4]
    assert events[1].changed == ("due_date", "issue_date")
    assert events[2].changed == ("lines", "notes", "subtotal", "tax_total", "total")


async def test_a_stale_writer_gets_412_and_changes_nothing(world: World) -> None:
    draft = await world.draft(await world.contact())
    path, stale = f"/api/v1/documents/{draft['id']}", {"If-Match": '"9"'}
    for request in (
        world.client.patch(path, json={"notes": "x"}, headers=stale),
        world.client.delete(path, headers=stale),
        world.client.post(f"{path}/approve", headers=stale),
    ):
        assert (await request).status_code == 412
    assert await world.get(draft) == draft


async def test_a_deleted_draft_is_gone_and_says_so(world: World, database: Database, org_id: UUID) -> None:
    draft = await world.draft(await world.contact())
    path = f"/api/v1/documents/{draft['id']}"
    assert (await world.client.delete(path)).status_code == 204
    assert await world.refused("GET", path) == (404, "documents.not_found")
    last = (await recorded(database, org_id))[-1]
    assert (last.name, last.data.deleted) == ("ficha.documents.document.deleted.v1", True)


async def test_the_same_post_twice_makes_one_document(world: World) -> None:
    body = {"type": "invoice", "contact_id": await world.contact(), "lines": [LINE]}
    headers = {"Idempotency-Key": "once"}
    first = await world.client.post("/api/v1/documents", json=body, headers=headers)
    second = await world.client.post("/api/v1/documents", json=body, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert len((await world.done("GET", "/api/v1/documents"))["items"]) == 1


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("type", {"type": "letter"}),
        ("contact_id", {"contact_id": "x"}),
        ("issue_date", {"issue_date": "0001-01-01"}),
        ("issue_date", {"issue_date": "9999-12-31"}),
        ("due_date", {"issue_date": "2026-02-01", "due_date": "2026-01-31"}),
        ("currency", {"currency": "ZZZ"}),
        ("language", {"language": "de"}),
        ("series_id", {"series_id": str(new_id())}),
        ("supplier_number", {"supplier_number": "A/1"}),
        ("corrects_id", {"corrects_id": str(new_id())}),
        ("notes", {"notes": "a\u0000b"}),
        ("surprise", {"surprise": 1}),
        ("lines", {"lines": [LINE] * 501}),
        ("lines", {"lines": [{**LINE, "quantity": "9999999", "unit_price": "9999999"}]}),
        ("lines.0.quantity", {"lines": [{**LINE, "quantity": "1" + "0" * 30}]}),
        ("lines.0.quantity", {"lines": [{**LINE, "quantity": "NaN"}]}),
        ("lines.0.unit_price", {"lines": [{**LINE, "unit_price": "0.0000001"}]}),
        ("lines.0.unit_price", {"lines": [{"description": "x"}]}),
        ("lines.0.description", {"lines": [{"unit_price": "1"}]}),
        ("lines.0.description", {"lines": [{**LINE, "description": ""}]}),
        ("lines.0.discount_pct", {"lines": [{**LINE, "discount_pct": "100.001"}]}),
        ("lines.0.product_id", {"lines": [{"product_id": str(new_id())}]}),
        ("lines.0.taxes", {"lines": [{**LINE, "taxes": ["iva_99"]}]}),
        ("lines.0.taxes", {"lines": [{**LINE, "taxes": ["iva_21", "iva_10"]}]}),
        ("lines.0.taxes", {"issue_date": "2011-01-01"}),
    ],
)
async def test_a_wrong_field_is_named(world: World, field: str, change: Json) -> None:
    body = {"type": "invoice", "contact_id": await world.contact(), "lines": [LINE], **change}
    answer = await world.client.post("/api/v1/documents", json=body)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert (await world.done("GET", "/api/v1/documents"))["items"] == []


@pytest.mark.parametrize("field", ["contact_id", "issue_date", "currency", "language", "lines", "type"])
async def test_what_a_document_must_have_cannot_be_patched_away(world: World, field: str) -> None:
    draft = await world.draft(await world.contact())
    answer = await world.client.patch(f"/api/v1/documents/{draft['id']}", json={field: None})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize(
    ("source", "into"),
    [("estimate", "invoice"), ("sales_order", "delivery_note"), ("purchase_order", "purchase_invoice")],
)
async def test_a_document_becomes_another(world: World, source: str, into: str) -> None:
    contact = await world.contact(defaults={"payment_days": 10})
    first = await world.approved(contact, source, issue_date="2026-01-01")
    path = f"/api/v1/documents/{first['id']}/convert"
    made = await world.done("POST", path, {"type": into}, status=201)
    assert (made["type"], made["status"], made["source_id"]) == (into, "draft", first["id"])
    assert (made["lines"], made["total"]) == (first["lines"], first["total"])
    assert made["issue_date"] == TODAY.isoformat()
    assert await world.refused("POST", path, {"type": "credit_note"}) == (409, "documents.cannot_convert")


async def test_another_organisations_documents_are_not_found(world: World, app: FastAPI) -> None:
    contact = await world.contact()
    invoice = await world.approved(contact)
    path = f"/api/v1/documents/{invoice['id']}"
    async with client_of(app, new_id()) as stranger:
        asked: list[tuple[str, str, Any]] = [
            ("GET", path, None),
            ("PATCH", path, {"notes": "x"}),
            ("DELETE", path, None),
            ("POST", f"{path}/approve", None),
            ("POST", f"{path}/void", None),
            ("POST", f"{path}/payments", {"amount": "1.00", "method": "cash"}),
            ("GET", f"{path}/payments", None),
            ("GET", f"{path}/recipients", None),
            ("POST", f"{path}/send", {}),
            ("POST", f"{path}/convert", {"type": "invoice"}),
        ]
        for method, url, body in asked:
            assert (await stranger.request(method, url, json=body)).status_code == 404, (method, url)
        assert (await stranger.get("/api/v1/documents")).json()["items"] == []
        empty = (await stranger.get(f"/internal/contacts/{contact}/panel")).json()
        assert (empty["year"]["sales_total"], empty["documents"]["items"]) == ("0.00", [])


async def test_scopes_are_asked_for(app: FastAPI, org_id: UUID) -> None:
    async with client_of(app, org_id, "documents:read", "contacts:write") as reader:
        for path in ("documents", "products", "series", "taxes"):
            assert (await reader.get(f"/api/v1/{path}")).status_code == 200
        refused: httpx.Response = await reader.post("/api/v1/products", json={"name": "x", "unit_price": "1"})
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
