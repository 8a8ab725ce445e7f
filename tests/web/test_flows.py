"""The eleven flows of the panel, as a person does them, by the words on the buttons."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.waiting import until_now

pytestmark = pytest.mark.parametrize("ficha", ["run"], indirect=True)


def open_sidebar(page: Page, name: str) -> Locator:
    page.goto(f"/contacts?q={name}")
    page.get_by_role("row").filter(has_text=name).click()
    sidebar = page.get_by_role("complementary")
    expect(sidebar.get_by_role("heading", name=name)).to_be_visible()
    return sidebar


def open_panel(page: Page, name: str) -> None:
    open_sidebar(page, name).get_by_role("link", name="Más").click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def save(page: Page) -> None:
    dialog(page).get_by_role("button", name="Guardar").click()
    expect(dialog(page)).to_have_count(0)


def test_a_contact_is_edited_and_deleted_from_the_sidebar_and_comes_back(page: Page, company: dict[str, Any]) -> None:
    sidebar = open_sidebar(page, company["name"])
    sidebar.get_by_role("button", name="Opciones del contacto").click()
    page.get_by_role("menuitem", name="Editar").click()
    dialog(page).get_by_label("Ciudad").fill("Lugo")
    dialog(page).get_by_label("Calle y número").fill("Rúa Nova 3")
    save(page)
    expect(sidebar.get_by_text("Rúa Nova 3")).to_be_visible()

    sidebar.get_by_role("button", name="Opciones del contacto").click()
    page.get_by_role("menuitem", name="Eliminar").click()
    expect(dialog(page)).to_contain_text("Dejará de aparecer en los listados")
    dialog(page).get_by_role("button", name="Eliminar").click()
    expect(page.get_by_role("row").filter(has_text=company["name"])).to_have_count(0)
    page.get_by_role("button", name="Deshacer").click()
    expect(page.get_by_role("row").filter(has_text=company["name"])).to_be_visible()


def test_a_wrong_field_is_told_beside_the_field(page: Page, company: dict[str, Any]) -> None:
    sidebar = open_sidebar(page, company["name"])
    sidebar.get_by_role("button", name="Opciones del contacto").click()
    page.get_by_role("menuitem", name="Editar").click()
    dialog(page).get_by_label("IBAN").fill("ES00 1234")
    dialog(page).get_by_role("button", name="Guardar").click()
    expect(dialog(page).get_by_text("El IBAN no es válido.")).to_be_visible()
    expect(dialog(page).get_by_label("IBAN")).to_have_attribute("aria-invalid", "true")


def test_who_edits_second_is_told_and_loses_nothing(page: Page, client: httpx.Client, company: dict[str, Any]) -> None:
    sidebar = open_sidebar(page, company["name"])
    sidebar.get_by_role("button", name="Opciones del contacto").click()
    page.get_by_role("menuitem", name="Editar").click()
    dialog(page).get_by_label("Nombre comercial").fill("Mi versión")
    path = f"/api/v1/contacts/{company['id']}"
    client.patch(path, json={"trade_name": "Su versión", "tags": ["vip"]}).raise_for_status()
    dialog(page).get_by_role("button", name="Guardar").click()
    expect(dialog(page).get_by_role("alert")).to_contain_text("Otra persona ha cambiado este contacto")
    expect(dialog(page).get_by_role("alert")).to_contain_text("Su versión")
    save(page)
    stored = client.get(path).json()
    assert (stored["trade_name"], stored["tags"]) == ("Mi versión", ["vip"])


def test_the_portal_is_set_up_and_seen_as_the_client_sees_it(page: Page, company: dict[str, Any]) -> None:
    open_panel(page, company["name"])
    expect(page.get_by_text("Sin contraseña el cliente no puede entrar.")).to_be_visible()
    page.get_by_role("button", name="Establecer contraseña").click()
    dialog(page).get_by_label("Contraseña").fill("una clave segura")
    save(page)
    for switch in ("Acceso al portal", "Transferencia con código QR", "Acceso al Catálogo"):
        page.get_by_role("switch", name=switch).locator("..").click()
        expect(page.get_by_role("switch", name=switch)).to_be_checked()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Ver como cliente").click()
    portal = opened.value
    expect(portal.get_by_role("status")).to_contain_text("Solo lectura")
    expect(portal.get_by_role("link", name="Catálogo")).to_be_visible()
    portal.close()


def test_a_document_made_from_the_sidebar_is_approved_sent_and_paid(page: Page, company: dict[str, Any]) -> None:
    open_sidebar(page, company["name"]).get_by_role("button", name="Documento").click()
    page.get_by_role("menuitem", name="Factura", exact=True).click()
    page.get_by_role("button", name="Añadir línea").click()
    page.get_by_role("combobox", name="Producto o concepto, Línea 1").fill("Chai")
    page.get_by_role("option", name="Chai", exact=True).click()
    expect(page.get_by_label("Precio, Línea 1")).not_to_have_value("")
    page.get_by_label("Precio, Línea 1").fill("1.000,50")
    page.get_by_label("Cantidad, Línea 1").fill("2")
    expect(page.get_by_text("2.001,00 €").first).to_be_visible()
    expect(page.get_by_text("Borrador guardado")).to_be_visible()
    page.get_by_role("button", name="Aprobar").click()
    dialog(page).get_by_role("button", name="Aprobar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Factura F\d+"))

    page.get_by_role("button", name="Enviar").click()
    expect(dialog(page)).to_contain_text(company["emails"][0])
    expect(dialog(page)).to_contain_text("Es el e-mail principal del contacto")
    dialog(page).get_by_role("button", name="Enviar").click()
    expect(page.get_by_text("En camino a 1 destinatario.")).to_be_visible()

    page.get_by_role("button", name="Registrar pago").click()
    save(page)
    expect(page.get_by_text("Pagada", exact=True)).to_be_visible()


def test_every_type_of_document_starts_from_the_plus_of_the_panel(page: Page, company: dict[str, Any]) -> None:
    open_panel(page, company["name"])
    page.get_by_role("button", name="Crear documento").click()
    expect(page.get_by_role("menuitem")).to_have_text(
        [
            *("Factura", "Ticket de venta", "Factura rectificativa", "Presupuesto", "Proforma", "Albarán"),
            *("Pedido de venta", "Factura de compra", "Ticket de compra", "Factura de compra rectificativa"),
            "Pedido de compra",
        ]
    )
    page.get_by_role("menuitem", name="Pedido de compra").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pedido de compra")
    expect(page.get_by_role("link", name=company["name"])).to_be_visible()


def test_a_person_made_on_the_way_gets_copies_once_the_box_is_ticked(
    page: Page, client: httpx.Client, company: dict[str, Any]
) -> None:
    open_panel(page, company["name"])
    page.get_by_role("button", name="+ Añadir Persona").click()
    page.get_by_text("Crear nueva").click()
    dialog(page).get_by_label("Nombre").fill("Lola Mento")
    dialog(page).get_by_label("E-mail").fill("lola@web.example")
    dialog(page).get_by_label("Cargo").fill("Compras")
    save(page)
    people = page.get_by_role("region", name="Personas de contacto")
    expect(people).to_contain_text("Lola Mento")

    people.get_by_role("button", name="Opciones de Lola Mento").click()
    page.get_by_role("menuitem", name="Editar").click()
    dialog(page).get_by_label("Enviar copias de mensajes").check()
    save(page)
    expect(people).to_contain_text("Recibe copias")

    line = {"description": "Algo", "unit_price": "10"}
    body = {"type": "invoice", "contact_id": company["id"], "lines": [line]}
    made = client.post("/api/v1/documents", json=body).json()
    client.post(f"/api/v1/documents/{made['id']}/approve").raise_for_status()

    def gets_a_copy() -> bool:
        found = client.get(f"/api/v1/documents/{made['id']}/recipients").json()["items"]
        return any(recipient["email"] == "lola@web.example" for recipient in found)

    until_now(gets_a_copy, within=10, what="the copy's way to documents")
    page.goto(f"/contacts/{company['id']}/documents/{made['id']}")
    page.get_by_role("button", name="Enviar").click()
    expect(dialog(page)).to_contain_text("lola@web.example")
    expect(dialog(page)).to_contain_text("Tiene marcado «Enviar copias de mensajes»")


def test_the_report_lists_what_was_sold_and_is_exported(page: Page) -> None:
    open_panel(page, "Ernst Handel")
    page.get_by_role("region", name="Informes").get_by_role("button", name="Productos y servicios vendidos").click()
    dialog(page).get_by_text("Siempre").click()
    expect(dialog(page).get_by_role("row").nth(3)).to_be_visible()
    with page.expect_download() as downloading:
        dialog(page).get_by_role("link", name="Exportar CSV").click()
    rows = Path(downloading.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) > 20


def test_the_year_is_chosen_and_every_sale_is_listed(page: Page) -> None:
    open_panel(page, "Ernst Handel")
    table = page.get_by_role("table", name="Gráfico de ventas y compras por mes")
    expect(table.get_by_role("row")).to_have_count(14)
    before = table.get_by_role("row").last.text_content()
    page.get_by_role("button", name=re.compile("Año anterior")).click()
    expect(table.get_by_role("row").last).not_to_have_text(before or "")
    page.get_by_role("tab", name="Ventas").click()
    expect(page.get_by_role("table", name="Documentos").get_by_role("row").nth(20)).to_be_visible()


def test_an_activity_is_planned_done_and_undone(page: Page, company: dict[str, Any]) -> None:
    open_panel(page, company["name"])
    card = page.get_by_role("region", name="Próximas actividades")
    card.get_by_role("button", name="Nueva actividad").click()
    dialog(page).get_by_label("Título").fill("Llamar por el pedido")
    save(page)
    expect(card).to_contain_text("mañana, 10:00")
    card.get_by_role("checkbox").click()
    expect(card).to_contain_text("Nada pendiente")
    page.get_by_role("button", name="Deshacer").click()
    expect(card).to_contain_text("Llamar por el pedido")


def test_an_opportunity_is_opened_moved_and_lost_with_its_reason(
    page: Page, client: httpx.Client, company: dict[str, Any]
) -> None:
    open_panel(page, company["name"])
    card = page.get_by_role("region", name="Oportunidades abiertas")
    card.get_by_role("button", name="Nueva oportunidad").click()
    dialog(page).get_by_label("Título").fill("Renovación")
    dialog(page).get_by_label("Valor").fill("1.250,50")
    save(page)
    expect(card).to_contain_text("1.250,50 €")
    stage = client.get("/api/v1/pipelines").json()["items"][0]["stages"][1]["name"]
    card.get_by_role("button", name="Opciones de «Renovación»").click()
    page.get_by_role("menuitem", name=stage).click()
    expect(card).to_contain_text(stage)
    card.get_by_role("button", name="Opciones de «Renovación»").click()
    page.get_by_role("menuitem", name="Perdida").click()
    dialog(page).get_by_label("Motivo").fill("Precio")
    save(page)
    expect(card).to_contain_text("Ninguna abierta")
    found = client.get("/api/v1/opportunities", params={"contact_id": company["id"]}).json()["items"]
    assert [(each["status"], each["lost_reason"]) for each in found] == [("lost", "Precio")]


def test_a_file_is_chosen_confirmed_and_deleted(page: Page, company: dict[str, Any]) -> None:
    open_panel(page, company["name"])
    page.get_by_role("tab", name="Archivos").click()
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Subir archivo").click()
    choosing.value.set_files({"name": "contrato.txt", "mimeType": "text/plain", "buffer": b"hola " * 500})
    page.get_by_role("button", name="Confirmar").click()
    files = page.get_by_role("list", name="Archivos")
    expect(files).to_contain_text("contrato.txt")
    expect(files).to_contain_text("2,5 KB")
    with page.expect_download() as downloading:
        files.get_by_role("link", name="Descargar contrato.txt").click()
    assert Path(downloading.value.path()).read_bytes() == b"hola " * 500
    files.get_by_role("button", name="Opciones de contrato.txt").click()
    page.get_by_role("menuitem", name="Eliminar").click()
    expect(page.get_by_text("Todavía no hay archivos")).to_be_visible()


def test_a_note_is_written_in_markdown_and_pinned(page: Page, company: dict[str, Any]) -> None:
    open_panel(page, company["name"])
    page.get_by_role("tab", name="Notas").click()
    page.get_by_role("button", name="Añadir nota").click()
    page.get_by_role("textbox", name="Nota").fill("Prefiere **llamadas**. <img src=x onerror=alert(1)>")
    page.get_by_role("button", name="Guardar").click()
    note = page.get_by_role("article")
    expect(note.locator("strong")).to_have_text("llamadas")
    expect(note.locator("img")).to_have_count(0)
    note.get_by_role("button", name="Opciones de la nota").click()
    page.get_by_role("menuitem", name="Fijar arriba").click()
    expect(note).to_contain_text("Fijada")


def test_what_somebody_else_changes_appears_by_itself(
    page: Page, client: httpx.Client, company: dict[str, Any]
) -> None:
    with page.expect_response(lambda answer: "/api/v1/stream" in answer.url):
        open_panel(page, company["name"])
    starts_at = "2099-01-10T09:00:00Z"
    body = {"contact_id": company["id"], "kind": "visit", "title": "Visita sorpresa", "starts_at": starts_at}
    client.post("/api/v1/activities", json=body).raise_for_status()
    expect(page.get_by_role("region", name="Próximas actividades")).to_contain_text("Visita sorpresa")


def test_the_list_is_driven_by_keys_alone(page: Page) -> None:
    page.goto("/contacts")
    page.get_by_role("row").nth(1).wait_for()
    page.keyboard.press("n")
    expect(dialog(page)).to_contain_text("Nuevo contacto")
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Buscar contactos")).to_be_focused()
    page.keyboard.type("blauer")
    grid = page.get_by_role("grid")
    expect(grid.get_by_role("row").nth(1)).to_contain_text("Blauer See Delikatessen")
    grid.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary").get_by_role("heading", name="Blauer See Delikatessen")).to_be_visible()
