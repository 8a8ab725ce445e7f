"""The page of a document: lines by keyboard, payments that are shown and taken back, the PDF to keep."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

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


def test_documents_lead_to_what_they_came_from_and_became(
    page: Page, client: httpx.Client, company: dict[str, Any]
) -> None:
    line = {"description": "Uno", "unit_price": "100", "taxes": ["iva_21"]}
    body = {"type": "estimate", "contact_id": company["id"], "lines": [line]}
    estimate = client.post("/api/v1/documents", json=body).raise_for_status().json()
    number = client.post(f"/api/v1/documents/{estimate['id']}/approve").raise_for_status().json()["number"]
    page.goto(page_of(estimate))
    page.get_by_role("button", name="Más opciones").click()
    page.get_by_role("menuitem", name="Pedido de venta").click()
    page.get_by_role("link", name=f"Presupuesto {number}").click()
    became = page.get_by_role("definition").filter(has=page.get_by_role("link", name="Pedido de venta"))
    expect(became).to_contain_text("Borrador")
    became.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1, name="Pedido de venta")).to_be_visible()
    page.get_by_role("button", name="Aprobar").click()
    dialog(page).get_by_role("button", name="Aprobar").click()
    page.get_by_role("link", name=f"Presupuesto {number}").click()
    expect(became.get_by_role("link")).to_have_text(re.compile("Pedido de venta PV"))
    expect(became).not_to_contain_text("Borrador")


def offline(page: Page, client: httpx.Client, draft: dict[str, Any]) -> None:
    """Nothing that is written arrives."""
    page.route(
        "**/api/v1/documents/*", lambda route: route.abort() if route.request.method == "PATCH" else route.continue_()
    )


def changed_by_another(page: Page, client: httpx.Client, draft: dict[str, Any]) -> None:
    lines = [{"description": "De otra persona", "quantity": "3", "unit_price": "7", "taxes": []}]
    client.patch(f"/api/v1/documents/{draft['id']}", json={"lines": lines}).raise_for_status()


def approved_by_another(page: Page, client: httpx.Client, draft: dict[str, Any]) -> None:
    client.post(f"/api/v1/documents/{draft['id']}/approve").raise_for_status()


def write_a_line(page: Page, text: str) -> None:
    page.get_by_label("Cantidad, Línea 2").press("Enter")
    page.get_by_role("combobox", name="Producto o concepto, Línea 3").fill(text)


def line_of(page: Page, number: int) -> Locator:
    return page.get_by_role("combobox", name=f"Producto o concepto, Línea {number}")


@pytest.mark.parametrize("way", ["reload", "another tab", "way back"])
def test_unsaved_lines_survive_and_can_be_discarded(
    page: Page, client: httpx.Client, draft: dict[str, Any], way: str
) -> None:
    page.goto("/contacts")
    page.goto(page_of(draft))
    offline(page, client, draft)
    write_a_line(page, "Sin guardar todavía")
    page.get_by_label("Precio, Línea 3").fill("12,5")
    if way == "another tab":
        page.goto("about:blank")
        page.goto(page_of(draft))
    elif way == "reload":
        page.reload()
    else:
        page.go_back()
        page.go_forward()
    expect(line_of(page, 3)).to_have_value("Sin guardar todavía")
    expect(page.get_by_label("Precio, Línea 3")).to_have_value("12,5")
    expect(page.get_by_text("Recuperado lo que escribiste sin guardar")).to_be_visible()
    page.goto("about:blank")  # what is open would save as soon as it can
    page.unroute_all()
    page.goto(page_of(draft))
    until_now(lambda: len(lines_of(client, draft)) == 3, what="the recovered line at the server")
    page.get_by_role("button", name="Descartar").click()
    until_now(lambda: len(lines_of(client, draft)) == 2, what="the lines as they were")
    expect(line_of(page, 3)).to_have_count(0)
    expect(page.get_by_text("Borrador guardado")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('ficha.draft'))") == []


@pytest.mark.parametrize("choice", ["Usar su versión", "Guardar la mía"])
@pytest.mark.parametrize("reloaded", [False, True], ids=["while it is open", "while it was closed"])
def test_nobody_is_written_over_in_silence(
    page: Page, client: httpx.Client, draft: dict[str, Any], *, reloaded: bool, choice: str
) -> None:
    page.goto(page_of(draft))
    expect(line_of(page, 2)).to_be_visible()
    if reloaded:
        offline(page, client, draft)
        write_a_line(page, "La mía")
        changed_by_another(page, client, draft)
        page.unroute_all()
        page.reload()
    else:
        changed_by_another(page, client, draft)
        write_a_line(page, "La mía")
    conflict = page.get_by_role("alert").filter(has_text="Otra persona ha cambiado este borrador")
    expect(conflict).to_contain_text("3 × De otra persona · 7")
    expect(conflict).to_contain_text("1 × La mía")
    assert [line["description"] for line in lines_of(client, draft)] == ["De otra persona"]
    conflict.get_by_role("button", name=choice).click()
    expect(conflict).to_have_count(0)
    expected = ["De otra persona"] if choice == "Usar su versión" else ["Uno", "Dos", "La mía"]
    until_now(lambda: [line["description"] for line in lines_of(client, draft)] == expected, what="what was chosen")
    expect(line_of(page, len(expected))).to_have_value(expected[-1])


def test_what_comes_too_late_is_shown_beside_what_was_approved(
    page: Page, client: httpx.Client, draft: dict[str, Any]
) -> None:
    page.goto(page_of(draft))
    expect(line_of(page, 2)).to_be_visible()
    offline(page, client, draft)
    write_a_line(page, "Demasiado tarde")
    approved_by_another(page, client, draft)
    page.unroute_all()
    page.reload()
    late = page.get_by_role("alert").filter(has_text="no llegó a guardarse")
    expect(late).to_contain_text("1 × Demasiado tarde")
    late.get_by_role("button", name="Descartar").click()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Factura F")
    expect(late).to_have_count(0)


def test_what_cannot_be_read_is_said_at_its_field_before_it_is_sent(
    page: Page, client: httpx.Client, draft: dict[str, Any]
) -> None:
    page.goto(page_of(draft))
    page.get_by_label("Cantidad, Línea 1").fill("muchos")
    page.get_by_label("Precio, Línea 2").fill("caro")
    page.get_by_role("button", name="Aprobar").click()
    expect(page.get_by_label("Cantidad, Línea 1")).to_be_focused()
    expect(page.get_by_label("Precio, Línea 2")).to_have_attribute("aria-invalid", "true")
    expect(dialog(page)).to_have_count(0)
    expect(page.get_by_text("Sin guardar. Revisa los campos marcados.")).to_be_visible()


@pytest.mark.parametrize(
    ("currency", "amount", "said"),
    [("EUR", "1,234", "decimales"), ("JPY", "1,5", "entero"), ("KWD", "1,2345", "decimales")],
)
def test_a_payment_has_the_decimals_of_its_currency(
    page: Page, client: httpx.Client, company: dict[str, Any], currency: str, amount: str, said: str
) -> None:
    body = {
        "type": "invoice",
        "contact_id": company["id"],
        "currency": currency,
        "lines": [{"description": "Uno", "unit_price": "100"}],
    }
    made = client.post("/api/v1/documents", json=body).raise_for_status().json()
    client.post(f"/api/v1/documents/{made['id']}/approve").raise_for_status()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    page.goto(page_of(made))
    page.get_by_role("button", name="Registrar pago").click()
    dialog(page).get_by_label("Importe").fill(amount)
    dialog(page).get_by_role("button", name="Guardar").click()
    expect(dialog(page).get_by_text(said)).to_be_visible()
    assert asked == []
