"""The client portal, as a client uses it, in a browser where nobody of the staff is logged in."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.support.ficha import Ficha
from tests.support.waiting import until_now
from tests.web.conftest import open_browser

pytestmark = pytest.mark.parametrize("ficha", ["run"], indirect=True)

PASSWORD = "una clave de cliente"


@pytest.fixture(scope="module")
def visitor(client: httpx.Client) -> dict[str, Any]:
    """A client with the portal open, an invoice to pay and an estimate to answer."""
    email = f"{uuid4().hex[:8]}@cliente.example"
    body = {"kind": "company", "name": f"Cliente {uuid4().hex[:6]}", "roles": ["client"], "emails": [email]}
    contact = client.post("/api/v1/contacts", json=body).json()
    path = f"/api/v1/contacts/{contact['id']}/portal"
    until_now(lambda: client.get(path).status_code == 200, what="the contact's way to the portal")
    access = {"enabled": True, "payment_methods": ["transfer"], "catalogue": True}
    client.put(path, json=access).raise_for_status()
    client.put(f"{path}/password", json={"password": PASSWORD}).raise_for_status()
    line = {"description": "Asesoría", "unit_price": "100", "taxes": ["iva_21"]}
    for kind in ("invoice", "estimate"):
        document = {"type": kind, "contact_id": contact["id"], "lines": [line]}
        made = client.post("/api/v1/documents", json=document).json()
        client.post(f"/api/v1/documents/{made['id']}/approve").raise_for_status()
    return {"id": contact["id"], "name": body["name"], "email": email}


@pytest.fixture(scope="module")
def portal(
    playwright: Playwright,
    ficha: Ficha,
    built: None,
    visitor: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Page]:
    """Logged in as that client."""
    context = open_browser(playwright, tmp_path_factory.mktemp("client"), ficha)
    page = context.new_page()
    page.goto("/portal?org=northwind-traders")
    page.get_by_label("E-mail").fill(visitor["email"])
    page.get_by_label("Contraseña").fill("otra cosa")
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("alert")).to_have_text("El e-mail o la contraseña no son correctos.")
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Hola, {visitor['name']}")
    yield page
    context.close()


def open_document(page: Page, name: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Documentos").click()
    link = page.get_by_role("link").filter(has_text=name).first

    def arrived() -> bool:
        if not link.is_visible():
            page.reload()
        return link.is_visible()

    until_now(arrived, within=15, every=0.5, what=f"{name} in the portal")
    link.click()


def test_home_says_what_is_pending_in_the_companys_name_and_colour(portal: Page) -> None:
    portal.get_by_role("link", name="Inicio").click()
    expect(portal.get_by_text("121,00 €").first).to_be_visible()
    expect(portal.get_by_role("banner")).to_contain_text("Northwind Traders")
    assert portal.evaluate("getComputedStyle(document.querySelector('header')).borderTopColor") == "rgb(15, 92, 140)"


def test_an_invoice_is_paid_by_transfer_with_its_reference_and_code(portal: Page) -> None:
    open_document(portal, "Factura")
    portal.get_by_role("button", name="Pagar por transferencia").click()
    dialog = portal.get_by_role("dialog")
    expect(dialog).to_contain_text("ES91 2100 0418 4502 0005 1332")
    code = dialog.get_by_role("img", name="Código QR con los datos de la transferencia")
    expect(code).to_be_visible()
    assert code.evaluate("image => image.naturalWidth") > 0
    portal.keyboard.press("Escape")


def test_an_estimate_is_rejected_with_a_reason(portal: Page) -> None:
    open_document(portal, "Presupuesto")
    portal.get_by_role("button", name="Rechazar").click()
    portal.get_by_role("dialog").get_by_label("Motivo (opcional)").fill("Muy caro")
    portal.get_by_role("dialog").get_by_role("button", name="Rechazar").click()
    expect(portal.get_by_text("Muy caro")).to_be_visible()


def test_an_order_is_placed_from_the_catalogue(portal: Page, client: httpx.Client, visitor: dict[str, Any]) -> None:
    portal.get_by_role("link", name="Catálogo").click()
    portal.get_by_role("button", name="Añadir").first.click()
    basket = portal.get_by_role("region", name="Tu pedido")
    basket.get_by_role("button", name="Añadir una unidad").click()
    basket.get_by_role("button", name="Hacer pedido").click()
    expect(portal.get_by_role("region", name="Tus pedidos")).to_contain_text("2 ×")
    query = {"contact_id": visitor["id"], "type": "sales_order"}
    until_now(lambda: client.get("/api/v1/documents", params=query).json()["items"], what="the sales order")


def test_the_password_is_changed(portal: Page) -> None:
    portal.get_by_role("button", name="Tu cuenta").click()
    portal.get_by_role("menuitem", name="Cambiar contraseña").click()
    dialog = portal.get_by_role("dialog")
    dialog.get_by_label("Contraseña actual").fill("no es esta")
    dialog.get_by_label("Contraseña nueva").fill("otra clave de cliente")
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog.get_by_text("La contraseña actual no es correcta.")).to_be_visible()
    dialog.get_by_label("Contraseña actual").fill(PASSWORD)
    dialog.get_by_role("button", name="Guardar").click()
    expect(portal.get_by_text("Contraseña cambiada.")).to_be_visible()
