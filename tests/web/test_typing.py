"""What is typed is what is stored: days, times and numbers, written by keyboard, in three languages."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.support.waiting import until_now
from tests.web.places import dialog

pytestmark = pytest.mark.parametrize("ficha", ["run"], indirect=True)

LABELS = {
    "es": {"due": "Vencimiento", "price": "Precio, Línea 1", "quantity": "Cantidad, Línea 1", "no": "No es una fecha"},
    "ca": {"due": "Venciment", "price": "Preu, Línia 1", "quantity": "Quantitat, Línia 1", "no": "No és una data"},
    "en": {"due": "Due", "price": "Price, Line 1", "quantity": "Quantity, Line 1", "no": "Not a date"},
}


@contextmanager
def speaking(page: Page, language: str) -> Iterator[None]:
    page.goto("/contacts")
    page.evaluate("language => localStorage.setItem('ficha.locale', language)", language)
    try:
        yield
    finally:
        page.evaluate("localStorage.removeItem('ficha.locale')")


@pytest.fixture
def draft(client: httpx.Client, company: dict[str, Any]) -> dict[str, Any]:
    lines = [{"description": "Asesoría", "quantity": "1", "unit_price": "120", "taxes": ["iva_21"]}]
    body = {"type": "invoice", "contact_id": company["id"], "issue_date": "2026-01-15", "lines": lines}
    made: dict[str, Any] = client.post("/api/v1/documents", json=body).raise_for_status().json()
    return made


@pytest.mark.parametrize(
    ("language", "typed", "shown", "stored"),
    [
        ("es", "31/12/2026", "31 dic 2026", "2026-12-31"),
        ("es", "03/11/2026", "3 nov 2026", "2026-11-03"),
        ("es", "31 de diciembre de 2027", "31 dic 2027", "2027-12-31"),
        ("ca", "3/11/26", "3 de nov. 2026", "2026-11-03"),
        ("en", "03/11/2026", "3 Nov 2026", "2026-11-03"),
        ("en", "Dec 31, 2026", "31 Dec 2026", "2026-12-31"),
    ],
)
def test_a_typed_day_is_the_stored_day(
    page: Page, client: httpx.Client, draft: dict[str, Any], language: str, typed: str, shown: str, stored: str
) -> None:
    with speaking(page, language):
        page.goto(f"/contacts/{draft['contact_id']}/documents/{draft['id']}")
        field = page.get_by_label(LABELS[language]["due"])
        field.press("ControlOrMeta+a")
        field.press_sequentially(typed)
        field.press("Tab")
        expect(field).to_have_value(shown)
        until_now(lambda: document(client, draft)["due_date"] == stored, what=f"{stored} at the server")


def test_what_is_no_day_is_said_at_the_field_and_not_sent(
    page: Page, client: httpx.Client, draft: dict[str, Any]
) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "PATCH" else None)
    for language, labels in LABELS.items():
        with speaking(page, language):
            page.goto(f"/contacts/{draft['contact_id']}/documents/{draft['id']}")
            field = page.get_by_label(labels["due"])
            for typed in ("31/02/2027", "12/31/2026", "pronto"):
                field.press("ControlOrMeta+a")
                field.press_sequentially(typed)
                field.press("Tab")
                expect(field).to_have_value(typed)
                expect(field).to_have_attribute("aria-invalid", "true")
                expect(page.get_by_text(labels["no"])).to_be_visible()
    assert sent == []
    assert document(client, draft)["due_date"] == draft["due_date"]


def test_nothing_is_sent_before_the_field_is_left(page: Page, client: httpx.Client, draft: dict[str, Any]) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "PATCH" else None)
    page.goto(f"/contacts/{draft['contact_id']}/documents/{draft['id']}")
    field = page.get_by_label("Vencimiento")
    field.press("ControlOrMeta+a")
    field.press_sequentially("1/2/2027", delay=150)
    assert sent == []
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        field.press("Enter")
    assert document(client, draft)["due_date"] == "2027-02-01"
    assert len(sent) == 1


@pytest.mark.parametrize(
    ("language", "typed", "shown", "stored"),
    [
        ("es", "1.234,56 €", "1.234,56", "1234.56"),
        ("es", "1.234", "1.234", "1234"),
        ("es", "1,234.56", "1.234,56", "1234.56"),
        ("ca", "1234,5", "1.234,5", "1234.5"),
        ("en", "1,234.56", "1,234.56", "1234.56"),
        ("en", "1.234", "1.234", "1.234"),
    ],
)
def test_a_typed_number_is_the_stored_number(
    page: Page, client: httpx.Client, draft: dict[str, Any], language: str, typed: str, shown: str, stored: str
) -> None:
    with speaking(page, language):
        page.goto(f"/contacts/{draft['contact_id']}/documents/{draft['id']}")
        field = page.get_by_label(LABELS[language]["price"])
        field.press("ControlOrMeta+a")
        field.press_sequentially(typed)
        field.press("Tab")
        expect(field).to_have_value(shown)
        until_now(lambda: float(document(client, draft)["lines"][0]["unit_price"]) == float(stored), what=stored)
        quantity = page.get_by_label(LABELS[language]["quantity"])
        quantity.press("ControlOrMeta+a")
        quantity.press_sequentially("12x")
        quantity.press("Tab")
        expect(quantity).to_have_attribute("aria-invalid", "true")
        expect(quantity).to_have_value("12x")
        assert float(document(client, draft)["lines"][0]["quantity"]) == 1


def test_an_activity_takes_its_day_and_its_time(page: Page, client: httpx.Client, company: dict[str, Any]) -> None:
    page.goto(f"/contacts/{company['id']}")
    page.get_by_role("button", name="Nueva actividad").click()
    form = dialog(page)
    form.get_by_label("Título").fill("Visita")
    time = form.get_by_label("Hora · Fecha")
    day = form.get_by_role("textbox", name="Fecha", exact=True)
    day.fill("+30")
    time.fill("25:00")
    form.get_by_role("button", name="Guardar").click()
    expect(form.get_by_text("No es una hora")).to_be_visible()
    time.fill("930")
    time.press("Enter")
    expect(form).to_have_count(0)
    [activity] = client.get("/api/v1/activities", params={"contact_id": company["id"]}).json()["items"]
    expected = date.fromisoformat(page.evaluate("new Date().toLocaleDateString('sv')")) + timedelta(days=30)
    local = page.evaluate("at => new Date(at).toLocaleString('sv')", activity["starts_at"])
    assert local == f"{expected} 09:30:00"


def test_the_calendar_opens_by_key_and_escape_closes_it_alone(page: Page, company: dict[str, Any]) -> None:
    page.goto(f"/contacts/{company['id']}")
    page.get_by_role("button", name="Nueva oportunidad").click()
    form = dialog(page)
    field = form.get_by_label("Cierre previsto")
    field.fill("31/12/2026")
    field.press("ArrowDown")
    chosen = page.get_by_role("button", name="31 diciembre 2026")
    expect(chosen).to_be_focused()
    page.keyboard.press("Escape")
    expect(chosen).to_have_count(0)
    expect(field).to_be_focused()
    field.press("ArrowDown")
    expect(chosen).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(field).to_have_value("30 dic 2026")


def document(client: httpx.Client, draft: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/v1/documents/{draft['id']}").json()
    return found
