"""Two people at one contact: what one changes the other sees, and neither writes over the other unawares."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.web.input_methods import Mouse
from tests.web.places import dialog, open_panel, open_sidebar, save

pytestmark = pytest.mark.parametrize("ficha", ["run"], indirect=True)


def test_a_wrong_field_is_told_beside_the_field(page: Page, company: dict[str, Any]) -> None:
    sidebar = open_sidebar(Mouse(page), company["name"])
    sidebar.get_by_role("button", name="Opciones del contacto").click()
    page.get_by_role("menuitem", name="Editar").click()
    dialog(page).get_by_label("IBAN").fill("ES00 1234")
    dialog(page).get_by_role("button", name="Guardar").click()
    expect(dialog(page).get_by_text("El IBAN no es válido.")).to_be_visible()
    expect(dialog(page).get_by_label("IBAN")).to_have_attribute("aria-invalid", "true")


def test_who_edits_second_is_told_and_loses_nothing(page: Page, client: httpx.Client, company: dict[str, Any]) -> None:
    sidebar = open_sidebar(Mouse(page), company["name"])
    sidebar.get_by_role("button", name="Opciones del contacto").click()
    page.get_by_role("menuitem", name="Editar").click()
    dialog(page).get_by_label("Nombre comercial").fill("Mi versión")
    path = f"/api/v1/contacts/{company['id']}"
    client.patch(path, json={"trade_name": "Su versión", "tags": ["vip"]}).raise_for_status()
    dialog(page).get_by_role("button", name="Guardar").click()
    expect(dialog(page).get_by_role("alert")).to_contain_text("Otra persona ha guardado cambios")
    expect(dialog(page).get_by_role("alert")).to_contain_text("Su versión")
    save(Mouse(page))
    stored = client.get(path).json()
    assert (stored["trade_name"], stored["tags"]) == ("Mi versión", ["vip"])


def test_who_edits_a_note_second_reads_the_other_version_and_chooses(
    page: Page, client: httpx.Client, company: dict[str, Any]
) -> None:
    made = client.post("/api/v1/notes", json={"contact_id": company["id"], "body": "Al principio"}).json()
    path = f"/api/v1/notes/{made['id']}"
    open_panel(Mouse(page), company["name"])
    page.get_by_role("tab", name="Notas").click()
    page.get_by_role("button", name="Opciones de la nota").click()
    page.get_by_role("menuitem", name="Editar").click()
    field = page.get_by_role("textbox", name="Nota")
    field.fill("Mi versión")
    client.patch(path, json={"body": "Su versión"}).raise_for_status()
    page.get_by_role("button", name="Guardar").click()
    told = page.get_by_role("alert")
    expect(told).to_contain_text("Otra persona ha cambiado esta nota")
    expect(told).to_contain_text("Su versión")
    expect(field).to_have_value("Mi versión")
    told.get_by_role("button", name="Juntar las dos").click()
    expect(field).to_have_value("Mi versión\n\nSu versión")
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("article")).to_contain_text("Su versión")
    assert client.get(path).json()["body"] == "Mi versión\n\nSu versión"


@pytest.mark.parametrize(
    ("path", "body", "card", "theirs", "kept", "taken"),
    [
        (
            "/api/v1/activities",
            {"kind": "call", "title": "Al principio", "starts_at": "2031-05-04T10:00:00Z"},
            "Próximas actividades",
            {"title": "Su versión", "notes": "Traer el contrato"},
            "title",
            "notes",
        ),
        (
            "/api/v1/opportunities",
            {"title": "Al principio", "value": "100.00", "currency": "EUR"},
            "Oportunidades abiertas",
            {"title": "Su versión", "value": "250.00"},
            "title",
            "value",
        ),
    ],
    ids=["activity", "opportunity"],
)
def test_who_edits_the_same_plan_second_keeps_their_words_and_takes_the_rest(
    page: Page,
    client: httpx.Client,
    company: dict[str, Any],
    path: str,
    body: dict[str, Any],
    card: str,
    theirs: dict[str, Any],
    kept: str,
    taken: str,
) -> None:
    made = client.post(path, json={"contact_id": company["id"], **body}).json()
    open_panel(Mouse(page), company["name"])
    region = page.get_by_role("region", name=card)
    region.get_by_role("button", name="Opciones de «Al principio»").click()
    page.get_by_role("menuitem", name="Editar").click()
    dialog(page).get_by_label("Título").fill("Mi versión")
    client.patch(f"{path}/{made['id']}", json=theirs).raise_for_status()
    dialog(page).get_by_role("button", name="Guardar").click()
    told = dialog(page).get_by_role("alert")
    expect(told).to_contain_text("Otra persona ha guardado cambios")
    expect(told).to_contain_text("Su versión")
    save(Mouse(page))
    stored = client.get(f"{path}/{made['id']}").json()
    assert (stored[kept], stored[taken]) == ("Mi versión", theirs[taken])


def test_a_pinned_note_is_no_conflict_for_who_writes_in_it(
    page: Page, client: httpx.Client, company: dict[str, Any]
) -> None:
    made = client.post("/api/v1/notes", json={"contact_id": company["id"], "body": "Al principio"}).json()
    path = f"/api/v1/notes/{made['id']}"
    page.goto(f"/contacts/{company['id']}?tab=notes")
    page.get_by_role("button", name="Opciones de la nota").click()
    page.get_by_role("menuitem", name="Editar").click()
    page.get_by_role("textbox", name="Nota").fill("Mi versión")
    client.patch(path, json={"pinned": True}).raise_for_status()
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("article")).to_contain_text("Mi versión")
    stored = client.get(path).json()
    assert (stored["body"], stored["pinned"]) == ("Mi versión", True)


def test_what_somebody_else_does_appears_by_itself(
    page: Page, context: BrowserContext, company: dict[str, Any]
) -> None:
    with page.expect_response(lambda answer: "/api/v1/stream" in answer.url):
        open_panel(Mouse(page), company["name"])
    other = context.new_page()
    open_panel(Mouse(other), company["name"])
    card = other.get_by_role("region", name="Próximas actividades")
    card.get_by_role("button", name="Nueva actividad").click()
    dialog(other).get_by_label("Título").fill("Visita sorpresa")
    save(Mouse(other))
    other.close()
    expect(page.get_by_role("region", name="Próximas actividades")).to_contain_text("Visita sorpresa")
