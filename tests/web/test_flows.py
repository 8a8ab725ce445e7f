"""The eleven flows of the panel, by the words on the buttons: done by mouse, and by keyboard alone."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.waiting import until_now
from tests.web.input_methods import INPUT_METHODS, InputMethod
from tests.web.places import dialog, open_panel, open_sidebar, save

pytestmark = pytest.mark.parametrize("ficha", ["run"], indirect=True)


@pytest.fixture(params=INPUT_METHODS)
def hand(request: pytest.FixtureRequest, page: Page) -> InputMethod:
    return INPUT_METHODS[request.param](page)


def test_a_contact_is_edited_and_deleted_from_the_sidebar_and_comes_back(
    hand: InputMethod, page: Page, company: dict[str, Any]
) -> None:
    sidebar = open_sidebar(hand, company["name"])
    hand.press(sidebar.get_by_role("button", name="Opciones del contacto"))
    hand.press(page.get_by_role("menuitem", name="Editar"))
    hand.write(dialog(page).get_by_label("Ciudad"), "Lugo")
    hand.write(dialog(page).get_by_label("Calle y número"), "Rúa Nova 3")
    save(hand)
    expect(sidebar.get_by_text("Rúa Nova 3")).to_be_visible()

    hand.press(sidebar.get_by_role("button", name="Opciones del contacto"))
    hand.press(page.get_by_role("menuitem", name="Eliminar"))
    expect(dialog(page)).to_contain_text("Dejará de aparecer en los listados")
    hand.press(dialog(page).get_by_role("button", name="Eliminar"))
    expect(page.get_by_role("row").filter(has_text=company["name"])).to_have_count(0)
    hand.undo()
    expect(page.get_by_role("row").filter(has_text=company["name"])).to_be_visible()


def test_the_portal_is_set_up_and_seen_as_the_client_sees_it(
    hand: InputMethod, page: Page, company: dict[str, Any]
) -> None:
    open_panel(hand, company["name"])
    expect(page.get_by_text("Sin contraseña el cliente no puede entrar.")).to_be_visible()
    hand.press(page.get_by_role("button", name="Establecer contraseña"))
    hand.write(dialog(page).get_by_label("Contraseña"), "una clave segura")
    save(hand)
    for switch in ("Acceso al portal", "Transferencia con código QR", "Acceso al Catálogo"):
        hand.press(page.get_by_role("switch", name=switch))
        expect(page.get_by_role("switch", name=switch)).to_be_checked()
    with page.context.expect_page() as opened:
        hand.press(page.get_by_role("button", name="Ver como cliente"))
    portal = opened.value
    # Whoever looked at another client's a moment ago is asked before that one's preview gives way.
    instead = portal.get_by_role("button", name="Ver la vista previa")
    expect(portal.get_by_role("status").or_(instead).first).to_be_visible()
    if instead.is_visible():
        instead.press("Enter")
    expect(portal.get_by_role("status")).to_contain_text("Solo lectura")
    expect(portal.get_by_role("link", name="Catálogo")).to_be_visible()
    portal.close()


def test_a_document_made_from_the_sidebar_is_approved_sent_and_paid(
    hand: InputMethod, page: Page, company: dict[str, Any]
) -> None:
    hand.press(open_sidebar(hand, company["name"]).get_by_role("button", name="Documento"))
    hand.press(page.get_by_role("menuitem", name="Factura", exact=True))
    hand.press(page.get_by_role("button", name="Añadir línea"))
    hand.write(page.get_by_role("combobox", name="Producto o concepto, Línea 1"), "Chai")
    hand.press(page.get_by_role("option", name="Chai", exact=True))
    expect(page.get_by_label("Precio, Línea 1")).not_to_have_value("")
    hand.write(page.get_by_label("Precio, Línea 1"), "1.000,50")
    hand.write(page.get_by_label("Cantidad, Línea 1"), "2")
    expect(page.get_by_text("2.001,00 €").first).to_be_visible()
    expect(page.get_by_text("Borrador guardado")).to_be_visible()
    hand.press(page.get_by_role("button", name="Aprobar"))
    hand.press(dialog(page).get_by_role("button", name="Aprobar"))
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Factura F\d+"))

    hand.press(page.get_by_role("button", name="Enviar"))
    expect(dialog(page)).to_contain_text(company["emails"][0])
    expect(dialog(page)).to_contain_text("Es el e-mail principal del contacto")
    hand.press(dialog(page).get_by_role("button", name="Enviar"))
    expect(page.get_by_text("En camino a 1 destinatario.")).to_be_visible()
    log = page.get_by_role("region", name="Mensajes enviados")
    expect(log).to_contain_text(f"Para: {company['emails'][0]}")
    expect(log).to_contain_text("Enviado")

    hand.press(page.get_by_role("button", name="Registrar pago"))
    save(hand)
    expect(page.get_by_text("Pagada", exact=True)).to_be_visible()


def test_every_type_of_document_starts_from_the_plus_of_the_panel(
    hand: InputMethod, page: Page, company: dict[str, Any]
) -> None:
    open_panel(hand, company["name"])
    hand.press(page.get_by_role("button", name="Crear documento"))
    expect(page.get_by_role("menuitem")).to_have_text(
        [
            *("Factura", "Ticket de venta", "Factura rectificativa", "Presupuesto", "Proforma", "Albarán"),
            *("Pedido de venta", "Factura de compra", "Ticket de compra", "Factura de compra rectificativa"),
            "Pedido de compra",
        ]
    )
    hand.press(page.get_by_role("menuitem", name="Pedido de compra"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Pedido de compra")
    expect(page.get_by_role("link", name=company["name"])).to_be_visible()


def test_a_person_made_on_the_way_gets_copies_once_the_box_is_ticked(
    hand: InputMethod, page: Page, client: httpx.Client, company: dict[str, Any]
) -> None:
    open_panel(hand, company["name"])
    hand.press(page.get_by_role("button", name="+ Añadir Persona"))
    hand.press(page.get_by_role("radio", name="Crear nueva"))
    hand.write(dialog(page).get_by_label("Nombre"), "Lola Mento")
    hand.write(dialog(page).get_by_label("E-mail"), "lola@web.example")
    hand.write(dialog(page).get_by_label("Cargo"), "Compras")
    save(hand)
    people = page.get_by_role("region", name="Personas de contacto")
    expect(people).to_contain_text("Lola Mento")

    hand.press(people.get_by_role("button", name="Opciones de Lola Mento"))
    hand.press(page.get_by_role("menuitem", name="Editar"))
    hand.press(dialog(page).get_by_label("Enviar copias de mensajes"))
    save(hand)
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
    hand.press(page.get_by_role("button", name="Enviar"))
    expect(dialog(page)).to_contain_text("lola@web.example")
    expect(dialog(page)).to_contain_text("Tiene marcado «Enviar copias de mensajes»")


def test_a_person_is_linked_to_one_more_company_from_the_persons_panel(
    hand: InputMethod, page: Page, client: httpx.Client, company: dict[str, Any]
) -> None:
    person = client.post("/api/v1/contacts", json={"kind": "person", "name": f"Ana {company['name'][7:15]}"}).json()
    open_panel(hand, person["name"])
    hand.press(page.get_by_role("button", name="+ Añadir Empresa"))
    hand.write(dialog(page).get_by_role("combobox", name="Buscar empresa"), company["name"])
    hand.press(page.get_by_role("option", name=company["name"]))
    save(hand)
    hand.press(page.get_by_role("region", name="Empresas").get_by_role("link", name=company["name"]))
    expect(page.get_by_role("region", name="Personas de contacto")).to_contain_text(person["name"])


def test_the_report_lists_what_was_sold_and_is_exported(hand: InputMethod, page: Page) -> None:
    open_panel(hand, "Ernst Handel")
    reports = page.get_by_role("region", name="Informes")
    hand.press(reports.get_by_role("button", name="Productos y servicios vendidos"))
    hand.press(dialog(page).get_by_role("radio", name="Siempre"))
    expect(dialog(page).get_by_role("row").nth(3)).to_be_visible()
    with page.expect_download() as downloading:
        hand.press(dialog(page).get_by_role("link", name="Exportar CSV"))
    rows = Path(downloading.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) > 20


def test_the_year_is_chosen_and_every_sale_is_listed(hand: InputMethod, page: Page, client: httpx.Client) -> None:
    found = client.get("/api/v1/contacts", params={"q": "Ernst Handel", "kind": "company"}).json()["items"][0]
    query = {"contact_id": found["id"], "side": "sales", "limit": "200"}
    sales = client.get("/api/v1/documents", params=query).json()["items"]
    assert len(sales) > 20
    open_panel(hand, "Ernst Handel")
    table = page.get_by_role("table", name="Gráfico de ventas y compras por mes")
    expect(table.get_by_role("row")).to_have_count(14)
    before = table.get_by_role("row").last.text_content()
    hand.press(page.get_by_role("button", name=re.compile("Año anterior")))
    expect(table.get_by_role("row").last).not_to_have_text(before or "")
    hand.press(page.get_by_role("tab", name="Ventas"))
    expect(page.get_by_role("table", name="Documentos").get_by_role("row")).to_have_count(1 + len(sales))
    hand.press(page.get_by_role("tab", name="Compras"))
    expect(page.get_by_text("Aún no hay compras")).to_be_visible()


def test_an_activity_is_planned_done_and_undone(hand: InputMethod, page: Page, company: dict[str, Any]) -> None:
    open_panel(hand, company["name"])
    card = page.get_by_role("region", name="Próximas actividades")
    hand.press(card.get_by_role("button", name="Nueva actividad"))
    hand.write(dialog(page).get_by_label("Título"), "Llamar por el pedido")
    save(hand)
    expect(card).to_contain_text("mañana, 10:00")
    hand.press(card.get_by_role("checkbox"))
    expect(card).to_contain_text("Nada pendiente")
    hand.undo()
    expect(card).to_contain_text("Llamar por el pedido")


def test_an_opportunity_is_opened_moved_and_lost_with_its_reason(
    hand: InputMethod, page: Page, client: httpx.Client, company: dict[str, Any]
) -> None:
    open_panel(hand, company["name"])
    card = page.get_by_role("region", name="Oportunidades abiertas")
    hand.press(card.get_by_role("button", name="Nueva oportunidad"))
    hand.write(dialog(page).get_by_label("Título"), "Renovación")
    hand.write(dialog(page).get_by_label("Valor"), "1.250,50")
    save(hand)
    expect(card).to_contain_text("1.250,50 €")
    stage = client.get("/api/v1/pipelines").json()["items"][0]["stages"][1]["name"]
    hand.press(card.get_by_role("button", name="Opciones de «Renovación»"))
    hand.press(page.get_by_role("menuitem", name=stage))
    expect(card).to_contain_text(stage)
    hand.press(card.get_by_role("button", name="Opciones de «Renovación»"))
    hand.press(page.get_by_role("menuitem", name="Perdida"))
    hand.write(dialog(page).get_by_label("Motivo"), "Precio")
    save(hand)
    expect(card).to_contain_text("Ninguna abierta")
    found = client.get("/api/v1/opportunities", params={"contact_id": company["id"]}).json()["items"]
    assert [(each["status"], each["lost_reason"]) for each in found] == [("lost", "Precio")]


def test_a_file_is_chosen_confirmed_and_deleted(hand: InputMethod, page: Page, company: dict[str, Any]) -> None:
    open_panel(hand, company["name"])
    hand.press(page.get_by_role("tab", name="Archivos"))
    with page.expect_file_chooser() as choosing:
        hand.press(page.get_by_role("button", name="Subir archivo"))
    choosing.value.set_files({"name": "contrato.txt", "mimeType": "text/plain", "buffer": b"hola " * 500})
    hand.press(page.get_by_role("button", name="Confirmar"))
    files = page.get_by_role("list", name="Archivos")
    expect(files).to_contain_text("contrato.txt")
    expect(files).to_contain_text("2,5 KB")
    with page.expect_download() as downloading:
        hand.press(files.get_by_role("link", name="Descargar contrato.txt"))
    assert Path(downloading.value.path()).read_bytes() == b"hola " * 500
    hand.press(files.get_by_role("button", name="Opciones de contrato.txt"))
    hand.press(page.get_by_role("menuitem", name="Eliminar"))
    expect(page.get_by_text("Todavía no hay archivos")).to_be_visible()


def test_files_are_dropped_on_the_tab(page: Page, company: dict[str, Any]) -> None:
    page.goto(f"/contacts/{company['id']}?tab=files")
    expect(page.get_by_text("Todavía no hay archivos")).to_be_visible()
    dragged = page.evaluate_handle(
        """() => {
            const dragged = new DataTransfer();
            for (const name of ['plano.txt', 'foto.txt']) dragged.items.add(new File(['x'.repeat(2500)], name));
            return dragged;
        }"""
    )
    zone = page.get_by_role("tabpanel").locator("div").first
    zone.dispatch_event("dragover", {"dataTransfer": dragged})
    expect(page.get_by_text("Suelta aquí los archivos")).to_be_visible()
    zone.dispatch_event("drop", {"dataTransfer": dragged})
    expect(page.get_by_text("Suelta aquí los archivos")).to_have_count(0)
    chosen = page.get_by_role("region", name="Archivos elegidos")
    expect(chosen).to_contain_text("plano.txt")
    chosen.get_by_role("button", name="Quitar foto.txt").click()
    held: list[Route] = []
    page.route("**/files", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    chosen.get_by_role("button", name="Confirmar").click()
    expect(chosen.get_by_role("progressbar", name="Subiendo plano.txt")).to_be_attached()
    held[0].continue_()
    expect(page.get_by_role("list", name="Archivos")).to_contain_text("plano.txt")
    expect(chosen).to_have_count(0)


def test_a_note_is_written_in_markdown_pinned_edited_deleted_and_restored(
    hand: InputMethod, page: Page, company: dict[str, Any]
) -> None:
    open_panel(hand, company["name"])
    hand.press(page.get_by_role("tab", name="Notas"))
    hand.press(page.get_by_role("button", name="Añadir nota"))
    hand.write(page.get_by_role("textbox", name="Nota"), "Prefiere **llamadas**. <img src=x onerror=alert(1)>")
    hand.press(page.get_by_role("button", name="Guardar"))
    note = page.get_by_role("article")
    expect(note.locator("strong")).to_have_text("llamadas")
    expect(note.locator("img")).to_have_count(0)
    hand.press(note.get_by_role("button", name="Opciones de la nota"))
    hand.press(page.get_by_role("menuitem", name="Fijar arriba"))
    expect(note).to_contain_text("Fijada")
    hand.press(note.get_by_role("button", name="Opciones de la nota"))
    hand.press(page.get_by_role("menuitem", name="Editar"))
    hand.write(page.get_by_role("textbox", name="Nota"), "Prefiere correos.")
    hand.press(page.get_by_role("button", name="Guardar"))
    expect(note).to_contain_text("Prefiere correos.")
    hand.press(note.get_by_role("button", name="Opciones de la nota"))
    hand.press(page.get_by_role("menuitem", name="Eliminar"))
    expect(page.get_by_text("Todavía no hay notas")).to_be_visible()
    hand.undo()
    expect(note).to_contain_text("Prefiere correos.")
