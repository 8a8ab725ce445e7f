"""What settles, corrects and voids documents."""

from uuid import UUID

import pytest

from documents.kinds import KINDS
from shared.db.session import Database
from shared.events.documents import DocumentUpdated, PaymentRemoved
from shared.identifiers import new_id
from tests.documents.world import LINE, TODAY, Json, World
from tests.support.outbox import recorded

HALF: Json = {**LINE, "quantity": "1"}


async def credit(world: World, invoice: Json, **values: object) -> Json:
    body = {"corrects_id": invoice["id"], **values}
    document_type = "credit_note" if invoice["side"] == "sales" else "purchase_credit_note"
    return await world.draft(invoice["contact_id"], document_type, **body)


async def pending(world: World, contact: str) -> str:
    return str((await world.panel(contact))["year"]["pending"])


async def test_a_partial_credit_note_is_set_off_against_what_is_pending(
    world: World, database: Database, org_id: UUID
) -> None:
    contact = await world.contact()
    invoice = await world.approved(contact)
    credit_note = await world.approve(await credit(world, invoice, lines=[HALF]))
    assert (credit_note["status"], credit_note["pending_total"]) == ("paid", "0.00")
    settled = await world.get(invoice)
    assert (settled["status"], settled["paid_total"], settled["pending_total"]) == ("partially_paid", "60.50", "60.50")
    assert await pending(world, contact) == "60.50"
    [payment] = (await world.done("GET", f"/api/v1/documents/{invoice['id']}/payments"))["items"]
    assert (payment["method"], payment["credit_note_id"]) == ("credit_note", credit_note["id"])
    path = f"/api/v1/documents/{invoice['id']}/payments/{payment['id']}"
    assert await world.refused("DELETE", path) == (409, "documents.payment_is_credit")
    names = [event.name.split(".", 3)[3] for event in await recorded(database, org_id)]
    assert names == ["created.v1", "approved.v1", "created.v1", "updated.v1", "approved.v1"]


async def test_what_a_credit_note_cannot_set_off_is_owed_to_the_client(world: World) -> None:
    contact = await world.contact()
    invoice = await world.approved(contact)
    await world.pay(invoice, "100.00")
    credit_note = await world.approve(await credit(world, invoice))
    assert (credit_note["status"], credit_note["pending_total"]) == ("partially_paid", "100.00")
    assert await pending(world, contact) == "-100.00"
    await world.pay(credit_note, "100.00")
    assert ((await world.get(credit_note))["status"], await pending(world, contact)) == ("paid", "0.00")


async def test_credit_notes_never_exceed_what_they_correct(world: World) -> None:
    contact = await world.contact()
    invoice = await world.approved(contact)
    await world.approve(await credit(world, invoice, lines=[HALF]))
    too_much = await credit(world, invoice)
    path = f"/api/v1/documents/{too_much['id']}/approve"
    assert await world.refused("POST", path) == (409, "documents.over_credited")
    alone = await world.draft(contact, "credit_note")
    path = f"/api/v1/documents/{alone['id']}/approve"
    assert await world.refused("POST", path) == (409, "documents.corrects_required")


async def test_a_credit_note_corrects_only_an_approved_document_of_its_contact(world: World) -> None:
    contact, other = await world.contact(), await world.contact("Otra")
    draft, theirs = await world.draft(contact), await world.approved(other)
    bought = await world.approved(contact, "purchase_invoice")
    for wrong in (draft, theirs, bought):
        body = {"type": "credit_note", "contact_id": contact, "corrects_id": wrong["id"], "lines": [LINE]}
        answer = await world.client.post("/api/v1/documents", json=body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "corrects_id")


async def test_voiding_a_credit_note_brings_back_what_it_settled(world: World) -> None:
    contact = await world.contact()
    invoice = await world.approved(contact)
    await world.pay(invoice, "21.00")
    before = (await world.panel(contact))["year"]
    credit_note = await world.approve(await credit(world, invoice, lines=[HALF]))
    path = f"/api/v1/documents/{invoice['id']}/void"
    assert await world.refused("POST", path) == (409, "documents.has_payments")
    await world.done("POST", f"/api/v1/documents/{credit_note['id']}/void")
    again = await world.get(invoice)
    assert (again["status"], again["paid_total"], again["pending_total"]) == ("partially_paid", "21.00", "100.00")
    assert (await world.panel(contact))["year"] == before


async def test_a_voided_document_keeps_its_number_and_counts_nowhere(
    world: World, database: Database, org_id: UUID
) -> None:
    contact = await world.contact()
    invoice = await world.approved(contact)
    path = f"/api/v1/documents/{invoice['id']}/void"
    voided = await world.done("POST", path)
    assert (voided["status"], voided["number"], voided["overdue"]) == ("voided", invoice["number"], False)
    assert (await world.done("POST", path))["version"] == voided["version"]
    panel = await world.panel(contact)
    assert (panel["year"]["sales_total"], panel["year"]["pending"]) == ("0.00", "0.00")
    assert panel["documents"]["counts"]["sales"] == 0
    assert (await recorded(database, org_id))[-1].name == "ficha.documents.document.voided.v1"
    payment = {"amount": "1.00", "method": "cash"}
    payments = f"/api/v1/documents/{invoice['id']}/payments"
    assert await world.refused("POST", payments, payment) == (409, "documents.voided")
    assert (await world.approved(contact))["number"] == f"F{TODAY:%y}0002"


async def test_a_paid_document_is_not_voided_until_its_payment_is_taken_back(world: World) -> None:
    contact = await world.contact()
    invoice = await world.approved(contact)
    payment = await world.pay(invoice, "121.00")
    path = f"/api/v1/documents/{invoice['id']}"
    assert await world.refused("POST", f"{path}/void") == (409, "documents.has_payments")
    assert (await world.client.delete(f"{path}/payments/{payment['id']}")).status_code == 204
    assert ((await world.get(invoice))["status"], await pending(world, contact)) == ("approved", "121.00")
    assert (await world.done("POST", f"{path}/void"))["status"] == "voided"


@pytest.mark.parametrize(
    "document_type", sorted(kind.type for kind in KINDS.values() if kind.payable and not kind.corrects)
)
@pytest.mark.parametrize(
    ("paid", "left"), [(["121.00"], "approved"), (["21.00"], "approved"), (["1.00", "20.00"], "partially_paid")]
)
async def test_a_payment_taken_back_is_told_to_all(
    world: World, document_type: str, paid: list[str], left: str
) -> None:
    invoice = await world.approved(await world.contact(), document_type)
    payments = [await world.pay(invoice, amount) for amount in paid]
    before = len(await recorded(world.database, world.org_id))
    taken = payments[-1]
    path = f"/api/v1/documents/{invoice['id']}/payments/{taken['id']}"
    assert (await world.client.delete(path)).status_code == 204
    assert await world.refused("DELETE", path) == (404, "documents.payment_not_found")
    removed, updated = (await recorded(world.database, world.org_id))[before:]
    assert (removed.name, str(removed.subject), removed.version) == (PaymentRemoved.name, taken["id"], 2)
    told = removed.data.model_dump(mode="json")
    assert told == {
        "id": taken["id"],
        "document_id": invoice["id"],
        "contact_id": invoice["contact_id"],
        "date": TODAY.isoformat(),
        "amount": paid[-1],
        "currency": "EUR",
        "method": "transfer",
        "deleted": True,
    }
    now = await world.get(invoice)
    assert (updated.name, str(updated.subject), updated.version) == (
        DocumentUpdated.name,
        invoice["id"],
        now["version"],
    )
    assert (
        (updated.data.status, str(updated.data.paid_total))
        == (left, now["paid_total"])
        == (now["status"], now["paid_total"])
    )


@pytest.mark.parametrize("document_type", ["estimate", "proforma", "delivery_note", "sales_order", "purchase_order"])
async def test_only_invoices_and_receipts_are_turnover_and_are_paid(world: World, document_type: str) -> None:
    contact = await world.contact()
    document = await world.approved(contact, document_type)
    panel = await world.panel(contact)
    assert (panel["year"]["sales_total"], panel["year"]["purchases_total"]) == ("0.00", "0.00")
    assert panel["year"]["pending"] == "0.00"
    assert panel["documents"]["counts"][document["side"]] == 1
    path = f"/api/v1/documents/{document['id']}/payments"
    assert await world.refused("POST", path, {"amount": "1.00", "method": "cash"}) == (409, "documents.not_payable")


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("amount", {"amount": "0"}),
        ("amount", {"amount": "-1.00"}),
        ("amount", {"amount": "1.001"}),
        ("amount", {"amount": "Infinity"}),
        ("method", {"method": "Ünknown"}),
        ("date", {"date": "0001-01-01"}),
        ("surprise", {"surprise": 1}),
    ],
)
async def test_a_wrong_payment_names_its_field(world: World, field: str, change: Json) -> None:
    invoice = await world.approved(await world.contact())
    body = {"amount": "1.00", "method": "cash", **change}
    answer = await world.client.post(f"/api/v1/documents/{invoice['id']}/payments", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_a_draft_without_lines_or_below_zero_is_not_approved(world: World) -> None:
    contact = await world.contact()
    empty = await world.draft(contact, lines=[])
    negative = await world.draft(contact, lines=[{**LINE, "quantity": "-1"}])
    for draft, code in ((empty, "documents.no_lines"), (negative, "documents.negative_total")):
        assert await world.refused("POST", f"/api/v1/documents/{draft['id']}/approve") == (409, code)
        assert await world.refused("POST", f"/api/v1/documents/{draft['id']}/void") == (409, "documents.not_approved")
    missing = f"/api/v1/documents/{new_id()}"
    assert await world.refused("POST", f"{missing}/approve") == (404, "documents.not_found")
    first = await world.approved(contact)
    assert first["number"] == f"F{TODAY:%y}0001"
