"""A document lives in its currency's decimals: lines, taxes, payments, totals of its contact, reports, the PDF."""

from typing import Any

import pytest

from tests.documents.world import TODAY, Json, World

MONEY = ("subtotal", "tax_total", "total", "paid_total", "pending_total")


def line(unit_price: str, **values: Any) -> Json:
    return {"description": "Té", "quantity": "1", "unit_price": unit_price, "taxes": ["iva_21"], **values}


@pytest.mark.parametrize(
    ("currency", "price", "priced", "subtotal", "tax", "total"),
    [
        ("JPY", "100.5", "100.5", "101", "21", "122"),
        ("JPY", "100.00", "100", "100", "21", "121"),
        ("EUR", "1.235", "1.235", "1.24", "0.26", "1.50"),
        ("KWD", "1.235", "1.235", "1.235", "0.259", "1.494"),
        ("KWD", "1.2345", "1.2345", "1.235", "0.259", "1.494"),
        ("IQD", "1", "1.000", "1.000", "0.210", "1.210"),
        ("ISK", "10", "10", "10", "2", "12"),
    ],
)
async def test_a_document_has_the_decimals_of_its_currency(
    world: World, currency: str, price: str, priced: str, subtotal: str, tax: str, total: str
) -> None:
    draft = await world.draft(await world.contact(), currency=currency, lines=[line(price)])
    assert [draft["lines"][0][name] for name in ("unit_price", "subtotal")] == [priced, subtotal]
    assert draft["taxes"] == [{"code": "iva_21", "rate": "21.00", "base": subtotal, "amount": tax}]
    assert [draft[name] for name in MONEY] == [subtotal, tax, total, *(2 * [zero(total)])]
    approved = await world.approve(draft)
    assert [approved[name] for name in MONEY] == [subtotal, tax, total, zero(total), total]


@pytest.mark.parametrize(
    ("currency", "total", "amount", "accepted"),
    [
        ("JPY", "100", "0.50", False),
        ("JPY", "100", "50.1", False),
        ("JPY", "100", "50.00", True),
        ("EUR", "100", "0.505", False),
        ("EUR", "100", "0.50", True),
        ("KWD", "100", "0.505", True),
        ("KWD", "100", "0.5055", False),
    ],
)
async def test_nobody_pays_less_than_the_smallest_coin(
    world: World, currency: str, total: str, amount: str, accepted: bool
) -> None:
    invoice = await world.approved(await world.contact(), currency=currency, lines=[line(total, taxes=[])])
    path = f"/api/v1/documents/{invoice['id']}/payments"
    answer = await world.client.post(path, json={"amount": amount, "method": "cash"})
    if accepted:
        assert answer.status_code == 201, answer.text
        paid = await world.get(invoice)
        assert paid["status"] == "partially_paid"
        assert len(paid["pending_total"].partition(".")[2]) == len(zero(invoice["total"]).partition(".")[2])
    else:
        assert answer.status_code == 422, answer.text
        assert [error["field"] for error in answer.json()["errors"]] == ["amount"]


@pytest.mark.parametrize(("currency", "price", "credited"), [("JPY", "100", "40"), ("KWD", "1.235", "0.235")])
async def test_totals_of_the_contact_and_reports_have_them_too(
    world: World, currency: str, price: str, credited: str
) -> None:
    await world.organization(version=2, currency=currency)
    contact = await world.contact()
    invoice = await world.approved(contact, currency=currency, lines=[line(price, taxes=[])])
    await world.approved(
        contact, "credit_note", corrects_id=invoice["id"], lines=[line(credited, taxes=[])], currency=currency
    )
    left = {"JPY": "60", "KWD": "1.000"}[currency]
    panel = await world.panel(contact)
    year = panel["year"]
    nothing = zero(left)
    assert [year[name] for name in ("currency", "sales_total", "pending", "overdue", "purchases_total")] == [
        *(currency, left, left, nothing, nothing)
    ]
    assert year["months"][TODAY.month - 1] == {"month": TODAY.month, "sales": left, "purchases": nothing}
    latest = {item["type"]: item for item in panel["documents"]["items"]}
    assert [latest["invoice"][name] for name in MONEY] == [price, nothing, price, credited, left]
    report = await world.done("GET", f"/api/v1/contacts/{contact}/reports/products")
    assert [(item["amount"], item["last_price"]) for item in report["items"]] == [(left, price)]
    sheet = await world.client.get(f"/api/v1/contacts/{contact}/reports/products?format=csv")
    assert f",{left},{currency},{price}," in sheet.text
    pdf = await world.client.get(f"/api/v1/documents/{invoice['id']}/pdf")
    assert pdf.status_code == 200


async def test_a_draft_changes_its_decimals_with_its_currency(world: World) -> None:
    draft = await world.draft(await world.contact(), currency="EUR", lines=[line("10", taxes=[])])
    path = f"/api/v1/documents/{draft['id']}"
    seen = []
    for currency in ("JPY", "KWD", "EUR"):
        changed = await world.done("PATCH", path, {"currency": currency})
        seen.append((changed["total"], changed["pending_total"], changed["lines"][0]["unit_price"]))
    assert seen == [("10", "0", "10"), ("10.000", "0.000", "10.000"), ("10.00", "0.00", "10.00")]


@pytest.mark.parametrize(("currency", "priced"), [("JPY", "7"), ("EUR", "7.00"), ("KWD", "7.000")])
async def test_a_product_is_priced_in_its_currency(world: World, currency: str, priced: str) -> None:
    body = {"name": "Té", "unit_price": "7", "cost": "0.1234", "currency": currency}
    product = await world.done("POST", "/api/v1/products", body, status=201)
    assert (product["unit_price"], product["cost"]) == (priced, "0.1234")


@pytest.mark.parametrize("currency", ["XAU", "XXX", "XTS", "XDR", "DEM", "CLF", "UYW", "USN", "ABC"])
async def test_only_what_can_be_paid_with_is_a_currency(world: World, currency: str) -> None:
    contact = await world.contact()
    draft = await world.draft(contact)
    product = await world.done("POST", "/api/v1/products", {"name": "Té", "unit_price": "1"}, status=201)
    for method, path, body in (
        ("POST", "/api/v1/documents", {"type": "invoice", "contact_id": contact, "currency": currency}),
        ("PATCH", f"/api/v1/documents/{draft['id']}", {"currency": currency}),
        ("POST", "/api/v1/products", {"name": "Té", "unit_price": "1", "currency": currency}),
        ("PATCH", f"/api/v1/products/{product['id']}", {"currency": currency}),
        ("GET", f"/api/v1/contacts/{contact}/reports/products?currency={currency}", None),
    ):
        answer = await world.client.request(method, path, json=body)
        assert answer.status_code == 422, (path, answer.text)
        assert [error["field"] for error in answer.json()["errors"]] == ["currency"], path


def zero(like: str) -> str:
    decimals = len(like.partition(".")[2])
    return f"{0:.{decimals}f}"
