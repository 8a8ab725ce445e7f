"""Documents over HTTP: draft, approve, pay, void, correct."""

from datetime import timedelta
from uuid import UUID

import pytest

from shared.db.session import Database
from tests.documents.world import LINE, TODAY, World
from tests.support.outbox import recorded


async def test_a_draft_comes_back_with_its_computed_totals(world: World) -> None:
    contact = await world.contact(defaults={"payment_days": 30, "payment_method": "transfer", "language": "ca"})
    draft = await world.draft(contact)
    assert (draft["status"], draft["number"], draft["side"]) == ("draft", None, "sales")
    assert draft["lines"] == [
        {
            "product_id": None,
            "description": "Consultoría",
            "quantity": "2",
            "unit_price": "50.00",
            "discount_pct": "0",
            "taxes": ["iva_21"],
            "subtotal": "100.00",
        }
    ]
    assert draft["taxes"] == [{"code": "iva_21", "rate": "21.00", "base": "100.00", "amount": "21.00"}]
    assert (draft["subtotal"], draft["tax_total"], draft["total"]) == ("100.00", "21.00", "121.00")
    assert (draft["currency"], draft["payment_method"], draft["language"]) == ("EUR", "transfer", "ca")
    assert draft["due_date"] == (TODAY + timedelta(days=30)).isoformat()
    assert await world.get(draft) == draft


async def test_approving_numbers_freezes_and_counts(world: World, database: Database, org_id: UUID) -> None:
    contact = await world.contact()
    invoice = await world.approved(contact)
    assert (invoice["status"], invoice["number"]) == ("approved", f"F{TODAY:%y}0001")
    assert (invoice["issuer"]["name"], invoice["recipient"]["tax_id"]) == ("Norte, S.L.", "A13585625")
    panel = await world.panel(contact)
    assert panel["year"]["months"][TODAY.month - 1]["sales"] == "100.00"
    assert (panel["year"]["sales_total"], panel["year"]["pending"], panel["year"]["overdue"]) == (
        "100.00",
        "121.00",
        "0.00",
    )
    assert panel["documents"]["counts"] == {"sales": 1, "purchases": 0}
    assert [item["id"] for item in panel["documents"]["items"]] == [invoice["id"]]
    names = [event.name.removeprefix("ficha.documents.") for event in await recorded(database, org_id)]
    assert names == ["document.created.v1", "document.approved.v1"]


async def test_payments_settle_step_by_step_and_never_too_much(world: World, database: Database, org_id: UUID) -> None:
    contact = await world.contact()
    invoice = await world.approved(contact)
    path = f"/api/v1/documents/{invoice['id']}/payments"
    await world.pay(invoice, "21.00")
    assert (await world.get(invoice))["status"] == "partially_paid"
    too_much = {"amount": "100.01", "method": "cash"}
    assert await world.refused("POST", path, too_much) == (409, "documents.over_payment")
    await world.pay(invoice, "100.00")
    paid = await world.get(invoice)
    assert (paid["status"], paid["paid_total"], paid["pending_total"]) == ("paid", "121.00", "0.00")
    assert [payment["amount"] for payment in (await world.done("GET", path))["items"]] == ["21.00", "100.00"]
    assert (await world.panel(contact))["year"]["pending"] == "0.00"
    events = [event.name.removeprefix("ficha.documents.") for event in await recorded(database, org_id)][2:]
    assert events == ["payment.recorded.v1", "document.updated.v1"] * 2


@pytest.mark.parametrize("document_type", ["invoice", "purchase_invoice"])
async def test_a_credit_note_mirrors_its_invoice_and_takes_it_off_every_total(world: World, document_type: str) -> None:
    contact = await world.contact(defaults={"irpf": "irpf_15"})
    lines = [LINE, {"description": "Viaje", "quantity": "0.333", "unit_price": "7.77", "discount_pct": "5"}]
    invoice = await world.approved(contact, document_type, lines=lines)
    credit_type = "credit_note" if document_type == "invoice" else "purchase_credit_note"
    body = {"type": credit_type, "contact_id": contact, "corrects_id": invoice["id"]}
    credit_note = await world.approve(await world.done("POST", "/api/v1/documents", body, status=201))
    for field in ("lines", "taxes", "subtotal", "tax_total", "total"):
        assert credit_note[field] == invoice[field]
    assert (await world.get(invoice))["status"] == "paid"
    panel = await world.panel(contact)
    side = invoice["side"]
    assert (panel["year"][f"{side}_total"], panel["year"]["pending"]) == ("0.00", "0.00")
    assert panel["documents"]["counts"][side] == 2
    report = await world.done("GET", f"/api/v1/contacts/{contact}/reports/products?side={side}")
    assert report["items"] == []
