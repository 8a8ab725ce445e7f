"""The page of a document: lines by keyboard, payments that are shown and taken back, the PDF to keep."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.support.waiting import until_now
from tests.web.places import dialog

pytestmark = pytest.mark.parametrize("ficha", ["run"], indirect=True)


@pytest.fixture
def draft(client: httpx.Client, company: dict[str, Any]) -> dict[str, Any]:
    lines = [
        {"description": name, "quantity": "1", "unit_price": "100", "taxes": ["iva_21"]} for name in ("Uno", "Dos")
    ]
    body = {"type": "invoice", "contact_id": company["id"], "lines": lines}
    made: dict[str, Any] = client.post("/api/v1/documents", json=body).raise_for_status().json()
    return made


def test_enter_adds_a_line_below_and_control_enter_saves(
    page: Page, client: httpx.Client, draft: dict[str, Any]
) -> None:
    page.goto(page_of(draft))
    page.get_by_label("Cantidad, Línea 1").press("Enter")
    added = page.get_by_role("combobox", name="Producto o concepto, Línea 2")
    expect(added).to_be_focused()
    added.fill("Entre las dos")
    price = page.get_by_label("Precio, Línea 2")
    price.fill("12,5")
    with page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
        price.press("ControlOrMeta+Enter")
    until_now(lambda: len(lines_of(client, draft)) == 3, what="the third line at the server")
    assert [line["description"] for line in lines_of(client, draft)] == ["Uno", "Entre las dos", "Dos"]
    expect(page.get_by_text("Borrador guardado")).to_be_visible()
    expect(price).to_be_focused()
    expect(page.get_by_text("257,13 €")).to_be_visible()


def test_payments_are_shown_and_taken_back(page: Page, client: httpx.Client, draft: dict[str, Any]) -> None:
    address = f"/api/v1/documents/{draft['id']}"
    client.post(f"{address}/approve").raise_for_status()
    for day, amount in (("2026-01-10", "200"), ("2026-02-10", "42")):
        body = {"date": day, "amount": amount, "method": "cash"}
        client.post(f"{address}/payments", json=body).raise_for_status()
    page.goto(page_of(draft))
    expect(page.get_by_text("Pagada")).to_be_visible()
    payments = page.get_by_role("region", name="Pagos").get_by_role("listitem")
    expect(payments).to_have_count(2)
    expect(payments.first).to_contain_text("10 ene 2026")
    expect(payments.first).to_contain_text("Efectivo")
    payments.last.get_by_role("button", name="Deshacer el pago de 42,00").click()
    expect(dialog(page)).to_contain_text("volverá a estar pendiente")
    dialog(page).get_by_role("button", name="Deshacer el pago").click()
    expect(payments).to_have_count(1)
    expect(page.get_by_text("Pendiente: 42,00 €")).to_be_visible()
    assert client.get(address).json()["status"] == "partially_paid"


def test_the_pdf_can_be_kept(page: Page, draft: dict[str, Any]) -> None:
    page.goto(page_of(draft))
    page.get_by_role("button", name="PDF").click()
    with page.expect_download() as download:
        dialog(page).get_by_role("link", name="Descargar").click()
    assert download.value.suggested_filename.endswith(".pdf")


def page_of(draft: dict[str, Any]) -> str:
    return f"/contacts/{draft['contact_id']}/documents/{draft['id']}"


def lines_of(client: httpx.Client, draft: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/api/v1/documents/{draft['id']}").json()["lines"]
    return found
