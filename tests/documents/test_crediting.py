"""Credit notes take from what they correct what it has, by tax, and not a cent more or less in the end."""

import asyncio
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.crediting import Share, TooMuch, tax_of
from tests.documents.world import LINE, TODAY, Json, World

CENT = Decimal("0.01")
RATES = st.sampled_from([Decimal(rate) for rate in ("21", "10", "4", "5.2", "0", "-15", "-7")])


def rounded(base: Decimal, rate: Decimal) -> Decimal:
    return (base * rate / 100).quantize(CENT, ROUND_HALF_UP)


@given(
    cents=st.integers(1, 5_000) | st.integers(-5_000, -1),
    cuts=st.lists(st.floats(0, 1), max_size=40),
    rate=RATES,
)
def test_parts_take_the_tax_of_the_whole_exactly(cents: int, cuts: list[float], rate: Decimal) -> None:
    whole = Share(cents * CENT, rounded(cents * CENT, rate))
    marks = sorted({0, abs(cents), *(round(cut * abs(cents)) for cut in cuts)})
    credited = Share()
    for first, last in pairwise(marks):
        base = (last - first) * CENT * (1 if cents > 0 else -1)
        own = Share(base, rounded(base, rate))
        amount = tax_of("x", own, rate, whole={"x": whole}, credited={"x": credited})
        credited = Share(credited.base + base, credited.amount + amount)
        assert abs(credited.amount - credited.base * rate / 100) <= CENT
        assert min(whole.amount, Decimal(0)) <= credited.amount <= max(whole.amount, Decimal(0))
        if (first, last) == (0, abs(cents)):
            assert amount == own.amount
    assert credited == whole


@given(cents=st.integers(-1_000, 1_000), before=st.integers(0, 1_000), more=st.integers(1, 1_000), rate=RATES)
def test_nothing_is_taken_beyond_the_base(cents: int, before: int, more: int, rate: Decimal) -> None:
    sign = -1 if cents < 0 else 1
    taken = min(before, abs(cents))
    base = (abs(cents) - taken + more) * sign * CENT
    whole = Share(cents * CENT, rounded(cents * CENT, rate))
    credited = Share(taken * sign * CENT, rounded(taken * sign * CENT, rate))
    with pytest.raises(TooMuch):
        tax_of("x", Share(base, rounded(base, rate)), rate, whole={"x": whole}, credited={"x": credited})


def line(price: str, *taxes: str, quantity: str = "1") -> Json:
    return {"description": "Queso", "quantity": quantity, "unit_price": price, "taxes": list(taxes)}


async def credit(world: World, invoice: Json, *lines: Json, **values: object) -> Json:
    document_type = "credit_note" if invoice["side"] == "sales" else "purchase_credit_note"
    return await world.draft(invoice["contact_id"], document_type, corrects_id=invoice["id"], lines=lines, **values)


@pytest.mark.parametrize("document_type", ["invoice", "sales_receipt", "purchase_invoice", "purchase_receipt"])
@pytest.mark.parametrize(
    ("whole", "part", "times"),
    [
        (line("1", "iva_21"), line("0.10", "iva_21"), 10),
        (line("0.99", "iva_21"), line("0.03", "iva_21"), 33),
        (line("10", "iva_21", "re_5_2", "irpf_15"), line("1.25", "iva_21", "re_5_2", "irpf_15"), 8),
    ],
)
async def test_the_last_of_many_takes_the_remaining_cent(
    world: World, document_type: str, whole: Json, part: Json, times: int
) -> None:
    contact = await world.contact()
    invoice = await world.approved(contact, document_type, lines=[whole])
    notes = [await world.approve(await credit(world, invoice, part)) for _ in range(times)]
    assert sum(Decimal(note["total"]) for note in notes) == Decimal(invoice["total"])
    for note in notes:
        taxes = sum(Decimal(tax["amount"]) for tax in note["taxes"])
        assert (Decimal(note["tax_total"]), Decimal(note["total"])) == (taxes, Decimal(note["subtotal"]) + taxes)
    settled = await world.get(invoice)
    assert (settled["status"], settled["pending_total"]) == ("paid", "0.00")
    assert (await world.panel(contact))["year"]["pending"] == "0.00"
    late = await credit(world, invoice, line("0.01", *part["taxes"]))
    path = f"/api/v1/documents/{late['id']}/approve"
    assert await world.refused("POST", path) == (409, "documents.over_credited")


TWO_RATES = [line("100", "iva_21"), line("100", "iva_10"), line("50")]


@pytest.mark.parametrize("document_type", ["invoice", "purchase_invoice"])
@pytest.mark.parametrize(
    "too_much",
    [
        [line("100.01", "iva_10")],
        [line("150", "iva_10")],
        [line("60", "iva_10"), line("40.01", "iva_10")],
        [line("1", "iva_4")],
        [line("50.01")],
        [line("1", "iva_21", "irpf_15")],
        [line("1", "iva_21", "re_5_2")],
        [line("120", "iva_21"), line("-20", "iva_10")],
    ],
)
async def test_no_rate_is_credited_beyond_its_base(world: World, document_type: str, too_much: list[Json]) -> None:
    """Though the total would allow it."""
    invoice = await world.approved(await world.contact(), document_type, lines=TWO_RATES)
    wrong = await credit(world, invoice, *too_much)
    path = f"/api/v1/documents/{wrong['id']}/approve"
    assert await world.refused("POST", path) == (409, "documents.over_credited")
    await world.approve(await credit(world, invoice, *TWO_RATES))


async def test_the_base_counts_over_all_credit_notes_until_one_is_voided(world: World) -> None:
    invoice = await world.approved(await world.contact(), lines=TWO_RATES)
    first = await world.approve(await credit(world, invoice, line("60", "iva_10")))
    second = await credit(world, invoice, line("60", "iva_10"))
    path = f"/api/v1/documents/{second['id']}/approve"
    assert await world.refused("POST", path) == (409, "documents.over_credited")
    await world.done("POST", f"/api/v1/documents/{first['id']}/void")
    await world.approve(second)


@pytest.mark.parametrize("document_type", ["invoice", "purchase_invoice"])
async def test_credit_notes_approved_at_once_do_not_exceed_together(world: World, document_type: str) -> None:
    invoice = await world.approved(await world.contact(), document_type, lines=TWO_RATES)
    drafts = [await credit(world, invoice, line("40", "iva_10")) for _ in range(6)]
    paths = [f"/api/v1/documents/{draft['id']}/approve" for draft in drafts]
    answers = await asyncio.gather(*(world.client.post(path) for path in paths))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 409, 409, 409, 409]
    assert {answer.json().get("code") for answer in answers} == {None, "documents.over_credited"}


@pytest.mark.parametrize("document_type", ["invoice", "purchase_invoice"])
async def test_a_credit_note_is_not_older_than_what_it_corrects(world: World, document_type: str) -> None:
    day = TODAY + timedelta(days=3)
    invoice = await world.approved(await world.contact(), document_type, issue_date=str(day), lines=[LINE])
    kind = "credit_note" if document_type == "invoice" else "purchase_credit_note"
    body = {"type": kind, "contact_id": invoice["contact_id"], "corrects_id": invoice["id"]}
    answer = await world.client.post("/api/v1/documents", json={**body, "issue_date": str(day - timedelta(days=1))})
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("issue_date", "before_corrected")
    note = await world.done("POST", "/api/v1/documents", body, status=201)
    assert note["issue_date"] == str(day), "not before it by default either"
    converted = await world.done("POST", f"/api/v1/documents/{invoice['id']}/convert", {"type": kind}, status=201)
    assert converted["issue_date"] == str(day)
    path = f"/api/v1/documents/{note['id']}"
    answer = await world.client.patch(path, json={"issue_date": str(day - timedelta(days=1))})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "issue_date")
    free = await world.draft(invoice["contact_id"], kind, issue_date=str(day - timedelta(days=1)))
    answer = await world.client.patch(f"/api/v1/documents/{free['id']}", json={"corrects_id": invoice["id"]})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "before_corrected")
    await world.approve(note)


@pytest.mark.parametrize("document_type", ["invoice", "sales_receipt", "purchase_invoice", "purchase_receipt"])
@pytest.mark.parametrize(
    "lines",
    [
        [{**LINE, "discount_pct": "100"}],
        [line("0", "iva_21")],
        [line("10", "iva_21"), line("-10", "iva_21")],
        [line("10", "iva_21"), line("0.004", "iva_10"), line("10", "iva_21", quantity="-1")],
    ],
)
async def test_what_asks_for_nothing_is_paid_at_once(world: World, document_type: str, lines: list[Json]) -> None:
    contact = await world.contact()
    past = str(TODAY - timedelta(days=40))
    free = await world.approved(contact, document_type, lines=lines, issue_date=past, due_date=past)
    assert (free["status"], free["total"], free["pending_total"], free["overdue"]) == ("paid", "0.00", "0.00", False)
    for status, found in (("paid", 1), ("approved", 0), ("overdue", 0)):
        listed = await world.done("GET", f"/api/v1/documents?contact_id={contact}&status={status}")
        assert len(listed["items"]) == found, status
    year = (await world.panel(contact))["year"]
    assert (year["pending"], year["overdue"]) == ("0.00", "0.00")
    path = f"/api/v1/documents/{free['id']}"
    payment = {"amount": "0.01", "method": "cash"}
    assert await world.refused("POST", f"{path}/payments", payment) == (409, "documents.over_payment")
    note = await world.approve(await credit(world, free, *lines))
    assert (note["status"], note["total"]) == ("paid", "0.00")
    assert await world.refused("POST", f"{path}/void") == (409, "documents.has_payments")
    assert (await world.done("POST", f"/api/v1/documents/{note['id']}/void"))["status"] == "voided"
    assert (await world.done("POST", f"{path}/void"))["status"] == "voided"
    assert (await world.panel(contact))["year"]["pending"] == "0.00"
