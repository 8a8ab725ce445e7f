"""The client portal, as a client uses it, in a browser where nobody of the staff is logged in."""

import email
import email.policy
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.support.ficha import Ficha
from tests.support.waiting import until_now
from tests.web.conftest import open_browser
from tests.web.looking import look_at, open_looking

pytestmark = pytest.mark.parametrize("ficha", ["run"], indirect=True)

PASSWORD = "una clave de cliente"


def new_visitor(client: httpx.Client, *, address: str = "") -> dict[str, Any]:
    """A client with the portal open, an invoice to pay, and two estimates to answer: of 121 and of 242 euros."""
    address = address or f"{uuid4().hex[:8]}@cliente.example"
    body = {"kind": "company", "name": f"Cliente {uuid4().hex[:6]}", "roles": ["client"], "emails": [address]}
    contact = client.post("/api/v1/contacts", json=body).json()
    path = f"/api/v1/contacts/{contact['id']}/portal"
    until_now(lambda: client.get(path).status_code == 200, what="the contact's way to the portal")
    access = {"enabled": True, "payment_methods": ["transfer"], "catalogue": True}
    client.put(path, json=access).raise_for_status()
    client.put(f"{path}/password", json={"password": PASSWORD}).raise_for_status()
    documents = {}
    for kind, price, discount in (("invoice", "100", "0"), ("estimate", "100", "0"), ("estimate", "400", "50")):
        line = {"description": "Asesoría", "unit_price": price, "discount_pct": discount, "taxes": ["iva_21"]}
        document = {"type": kind, "contact_id": contact["id"], "lines": [line]}
        made = client.post("/api/v1/documents", json=document).json()
        client.post(f"/api/v1/documents/{made['id']}/approve").raise_for_status()
        documents[f"{kind} {price}"] = made["id"]
    return {"id": contact["id"], "name": body["name"], "email": address, "documents": documents}


@pytest.fixture(scope="module")
def visitor(client: httpx.Client) -> dict[str, Any]:
    return new_visitor(client)


@pytest.fixture
def stranger(playwright: Playwright, ficha: Ficha, built: None, tmp_path: Path) -> Iterator[Page]:
    """A browser that was never here."""
    context = open_browser(playwright, tmp_path, ficha)
    yield context.new_page()
    context.close()


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


def open_document(page: Page, name: str, *, total: str = "") -> None:
    page.get_by_role("navigation").get_by_role("link", name="Documentos").click()
    link = page.get_by_role("link").filter(has_text=name).filter(has_text=total).first

    def arrived() -> bool:
        if not link.is_visible():
            page.reload()
        return link.is_visible()

    until_now(arrived, within=15, every=0.5, what=f"{name} in the portal")
    link.click()


def links_to(ficha: Ficha, address: str) -> list[str]:
    """The texts of mails with a link that went there, oldest first: notices of security have none."""
    return [text for text in mail_to(ficha, address) if "http" in text]


def mail_to(ficha: Ficha, address: str) -> list[str]:
    """The texts of what was mailed there, oldest first."""
    found = []
    for path in sorted((ficha.home / "mails").glob("*.eml")):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if address in str(mail["To"]):
            part = mail.get_body(("plain",))
            assert part
            found.append(str(part.get_content()))
    return found


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


def test_an_estimate_is_accepted_and_another_rejected_with_a_reason(
    portal: Page, client: httpx.Client, visitor: dict[str, Any]
) -> None:
    open_document(portal, "Presupuesto", total="121,00 €")
    portal.get_by_role("button", name="Aceptar presupuesto").click()
    expect(portal.get_by_text("Aceptado el")).to_be_visible()
    expect(portal.get_by_role("button", name="Aceptar presupuesto")).to_have_count(0)

    open_document(portal, "Presupuesto", total="242,00 €")
    expect(portal.get_by_role("row", name="Asesoría")).to_contain_text("400,00 €50 %200,00 €")
    portal.get_by_role("button", name="Rechazar").click()
    portal.get_by_role("dialog").get_by_label("Motivo (opcional)").fill("Muy caro")
    portal.get_by_role("dialog").get_by_role("button", name="Rechazar").click()
    expect(portal.get_by_text("Muy caro")).to_be_visible()

    def statuses() -> list[str]:
        found = [visitor["documents"][name] for name in ("estimate 100", "estimate 400")]
        return [client.get(f"/api/v1/documents/{each}").json()["status"] for each in found]

    until_now(lambda: statuses() == ["accepted", "rejected"], what="the answers in the back office")


def test_an_order_is_placed_from_the_catalogue(portal: Page, client: httpx.Client, visitor: dict[str, Any]) -> None:
    portal.get_by_role("link", name="Catálogo").click()
    portal.get_by_role("button", name="Añadir").first.click()
    basket = portal.get_by_role("region", name="Tu pedido")
    basket.get_by_role("button", name="Añadir una unidad").click()
    portal.reload()
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


def test_a_forgotten_password_is_replaced_by_the_link_in_a_mail(
    stranger: Page, ficha: Ficha, client: httpx.Client
) -> None:
    forgetful = new_visitor(client)
    stranger.goto("/portal?org=northwind-traders")
    stranger.get_by_role("link", name="¿Has olvidado tu contraseña?").click()
    expect(stranger.get_by_role("main")).to_contain_text("Northwind Traders")
    for address in (f"nadie-{uuid4().hex[:6]}@cliente.example", forgetful["email"]):
        stranger.get_by_role("heading", name="¿Has olvidado tu contraseña?").wait_for()
        stranger.get_by_label("E-mail").fill(address)
        stranger.get_by_role("button", name="Enviar enlace").click()
        expect(stranger.get_by_role("status")).to_contain_text(f"Si {address} tiene acceso al portal")
        stranger.goto("/portal/forgotten?org=northwind-traders")
    until_now(lambda: links_to(ficha, forgetful["email"]), within=20, every=0.3, what="the mail with the link")
    [text] = links_to(ficha, forgetful["email"])
    [link] = re.findall(r"http\S+", text)
    assert f"Hola, {forgetful['name']}:" in text

    stranger.goto(link)
    stranger.get_by_label("Contraseña nueva").fill("corta")
    stranger.get_by_role("button", name="Guardar y entrar").click()
    expect(stranger.get_by_text("Es demasiado corto.")).to_be_visible()
    stranger.get_by_label("Contraseña nueva").fill("una clave recién elegida")
    stranger.get_by_role("button", name="Guardar y entrar").click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text(f"Hola, {forgetful['name']}")

    stranger.goto("about:blank")
    stranger.goto(link)
    expect(stranger.get_by_role("heading", name="Este enlace ya no sirve")).to_be_visible()
    expect(stranger.get_by_role("link", name="Pedir otro enlace")).to_be_visible()
    shown = client.get("/api/v1/messages", params={"contact_id": forgetful["id"]}).json()["items"]
    assert [(mail["kind"], mail["status"]) for mail in shown] == [("password_reset", "sent")]


def test_who_has_several_portals_chooses_by_keyboard_and_switches_without_a_login(
    playwright: Playwright, ficha: Ficha, stranger: Page, client: httpx.Client, tmp_path: Path
) -> None:
    first = new_visitor(client)
    second = new_visitor(client, address=first["email"])
    stranger.goto("/portal?org=northwind-traders")
    stranger.get_by_label("E-mail").fill(first["email"])
    stranger.get_by_label("Contraseña").fill(PASSWORD)
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("heading", level=1)).to_have_text("¿Qué portal quieres abrir?")
    offered = stranger.get_by_role("main").get_by_role("button")
    expect(offered).to_have_count(2)
    expect(offered.nth(0)).to_be_focused()
    looking = open_looking(playwright, tmp_path / "looking", ficha, cookies=stranger.context.cookies())
    page = looking.new_page()
    page.goto("/portal/choose?org=northwind-traders")
    page.get_by_role("button", name=first["name"]).wait_for()
    look_at(page, "portal-choose")
    looking.close()
    stranger.goto("/portal/documents")
    expect(stranger.get_by_role("heading", level=1)).to_have_text("¿Qué portal quieres abrir?")
    stranger.keyboard.press("Tab")
    expect(offered.nth(1)).to_be_focused()
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("heading", level=1)).to_contain_text("Hola, ")
    here = stranger.get_by_role("heading", level=1).inner_text().removeprefix("Hola, ")
    assert here in (first["name"], second["name"])
    stranger.get_by_role("button", name="Tu cuenta").click()
    stranger.get_by_role("menuitem", name="Cambiar de portal").click()
    expect(stranger.get_by_role("button").filter(has_text="Abierto ahora")).to_contain_text(here)
    other = ({first["name"], second["name"]} - {here}).pop()
    stranger.get_by_role("button", name=other).click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text(f"Hola, {other}")


def test_a_session_that_ends_goes_on_in_the_same_portal_or_where_there_is_none_in_a_chosen_one(
    stranger: Page, client: httpx.Client
) -> None:
    first = new_visitor(client)
    others = [new_visitor(client, address=first["email"]) for _ in range(2)]
    stranger.goto("/portal?org=northwind-traders")
    stranger.get_by_label("E-mail").fill(first["email"])
    stranger.get_by_label("Contraseña").fill(PASSWORD)
    stranger.keyboard.press("Enter")
    stranger.get_by_role("button", name=first["name"]).click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text(f"Hola, {first['name']}")
    over = stranger.get_by_role("dialog", name="Tu sesión ha terminado")

    stranger.get_by_role("link", name="Documentos").click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Documentos")
    stranger.context.clear_cookies(name="ficha_portal")
    stranger.get_by_placeholder("Todos los estados").click()
    stranger.get_by_role("option", name="Pendiente").first.click()
    over.get_by_label("E-mail").fill(first["email"])
    over.get_by_label("Contraseña").fill(PASSWORD)
    stranger.keyboard.press("Enter")
    expect(over).to_have_count(0)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Documentos")
    assert stranger.request.get("/portal/api/session").json()["chosen"] == first["id"]

    closed = {"enabled": False, "payment_methods": [], "catalogue": False}
    client.put(f"/api/v1/contacts/{first['id']}/portal", json=closed).raise_for_status()
    stranger.get_by_role("link", name="Catálogo").click()
    over.get_by_label("E-mail").fill(first["email"])
    over.get_by_label("Contraseña").fill(PASSWORD)
    stranger.keyboard.press("Enter")
    offered = over.get_by_role("list").get_by_role("button")
    expect(offered).to_have_count(2)
    expect(offered.nth(0)).to_be_focused()
    chosen = next(other for other in others if other["name"] in offered.nth(0).inner_text())
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("heading", level=1)).to_have_text(f"Hola, {chosen['name']}")


def test_a_preview_asks_before_it_stands_in_front_of_a_client(
    stranger: Page, client: httpx.Client, visitor: dict[str, Any]
) -> None:
    seen, inside = new_visitor(client), new_visitor(client)
    stranger.goto("/portal?org=northwind-traders")
    stranger.get_by_label("E-mail").fill(inside["email"])
    stranger.get_by_label("Contraseña").fill(PASSWORD)
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("heading", level=1)).to_have_text(f"Hola, {inside['name']}")
    url = client.post(f"/api/v1/contacts/{seen['id']}/portal/preview").json()["url"]
    stranger.goto("about:blank")
    stranger.goto(url)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Ya hay un portal abierto en este navegador")
    expect(stranger.get_by_role("main")).to_contain_text(inside["name"])
    assert "#" not in stranger.url
    expect(stranger.get_by_role("button", name="Ver la vista previa")).to_be_focused()
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("heading", level=1)).to_have_text(f"Hola, {seen['name']}")
    stranger.get_by_role("button", name="Tu cuenta").click()
    stranger.get_by_role("menuitem", name="Salir de la vista previa").click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text(f"Hola, {inside['name']}")
    stranger.goto("about:blank")
    stranger.goto(url)
    stranger.get_by_role("button", name="Ver la vista previa").click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Esta vista previa ya no sirve")


def test_an_email_added_later_waits_until_staff_let_it_in(context: BrowserContext, client: httpx.Client) -> None:
    seen = new_visitor(client)
    added = f"{uuid4().hex[:8]}@cliente.example"
    path = f"/api/v1/contacts/{seen['id']}"
    client.patch(path, json={"emails": [seen["email"], added]}).raise_for_status()
    until_now(lambda: client.get(f"{path}/portal").json()["waiting"] == [added], what="the e-mail that waits")
    panel = context.new_page()
    panel.goto(f"/contacts/{seen['id']}")
    panel.get_by_role("button", name=f"Dejar entrar con {added}").click()
    expect(panel.get_by_role("button", name=f"No dejar entrar con {added}")).to_be_visible()
    assert client.get(f"{path}/portal").json()["emails"] == [seen["email"], added]
    panel.close()


def test_staff_see_the_portal_as_the_client_does_and_can_change_nothing(
    context: BrowserContext, client: httpx.Client
) -> None:
    seen = new_visitor(client)
    panel = context.new_page()
    panel.goto(f"/contacts/{seen['id']}")
    with context.expect_page() as opening:
        panel.get_by_role("button", name="Ver como cliente").click()
    page = opening.value
    expect(page.get_by_role("status")).to_have_text(f"Vista previa: así ve {seen['name']} su portal. Solo lectura.")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Hola, {seen['name']}")

    open_document(page, "Presupuesto")
    expect(page.get_by_role("button", name="Aceptar presupuesto")).to_be_disabled()
    expect(page.get_by_role("button", name="Rechazar")).to_be_disabled()
    open_document(page, "Factura")
    expect(page.get_by_role("button", name="Pagar por transferencia")).to_be_disabled()
    page.get_by_role("link", name="Catálogo").click()
    page.get_by_role("button", name="Añadir").first.click()
    expect(page.get_by_role("button", name="Hacer pedido")).to_be_disabled()
    page.get_by_role("button", name="Tu cuenta").click()
    expect(page.get_by_role("menuitem", name="Cambiar contraseña")).to_be_disabled()
    expect(page.get_by_role("status").filter(has_text="Vista previa")).to_be_visible()

    estimate, invoice = seen["documents"]["estimate 100"], seen["documents"]["invoice 100"]
    for method, path, body in (
        ("POST", f"documents/{estimate}/accept", {}),
        ("POST", f"documents/{estimate}/reject", {"reason": "No"}),
        ("POST", f"documents/{invoice}/payments", {"method": "transfer"}),
        ("POST", "orders", {"lines": [{"product_id": str(uuid4()), "quantity": "1"}]}),
        ("PUT", "password", {"current": PASSWORD, "new": "de otra persona"}),
    ):
        answer = page.evaluate(
            """async ([method, path, body]) => {
                const headers = {'Content-Type': 'application/json'};
                const answer = await fetch(`/portal/api/${path}`, {method, headers, body: JSON.stringify(body)});
                return [answer.status, (await answer.json()).code];
            }""",
            [method, path, body],
        )
        assert answer == [403, "portal.read_only"], path
    assert client.get(f"/api/v1/documents/{estimate}").json()["status"] == "approved"
    page.close()
    panel.close()


@pytest.fixture(scope="module")
def looking(
    playwright: Playwright,
    ficha: Ficha,
    built: None,
    visitor: dict[str, Any],
    portal: Page,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Page]:
    """That client's page, to be looked at."""
    folder = tmp_path_factory.mktemp("looking")
    browser = open_looking(playwright, folder, ficha, cookies=portal.context.cookies())
    yield browser.new_page()
    browser.close()


def fill_basket(page: Page) -> None:
    page.get_by_role("button", name="Añadir").first.click()
    page.get_by_role("region", name="Tu pedido").scroll_into_view_if_needed()


def open_account(page: Page) -> None:
    page.get_by_role("button", name="Tu cuenta").click()
    page.get_by_role("menuitem", name="Cambiar contraseña").click()
    page.get_by_label("Contraseña actual").wait_for()
    page.wait_for_function("document.getAnimations().length === 0")


def do_nothing(_: Page) -> None:
    pass


PAGES: list[tuple[str, str, str, Callable[[Page], None]]] = [
    ("login", "/portal/login?org=northwind-traders", "Entra en tu portal", do_nothing),
    ("forgotten", "/portal/forgotten?org=northwind-traders", "Enviar enlace", do_nothing),
    ("over", "/portal/password?org=northwind-traders#x", "Este enlace ya no sirve", do_nothing),
    ("preview", "/portal/preview", "La vista previa ha terminado", do_nothing),
    ("home", "/portal", "Próximo vencimiento", do_nothing),
    ("documents", "/portal/documents", "Presupuesto", do_nothing),
    ("invoice", "/portal/documents/{invoice 100}", "Base imponible", do_nothing),
    ("estimate", "/portal/documents/{estimate 100}", "Aceptado el", do_nothing),
    ("catalogue", "/portal/catalogue", "Añadir", do_nothing),
    ("basket", "/portal/catalogue", "Añadir", fill_basket),
    ("account", "/portal", "Próximo vencimiento", open_account),
]


# The last of this file: what is looked at was answered, and its password changed, before.
@pytest.mark.parametrize(("name", "path", "text", "then"), PAGES, ids=[name for name, *_ in PAGES])
def test_nothing_stands_in_a_clients_way(
    looking: Page,
    visitor: dict[str, Any],
    name: str,
    path: str,
    text: str,
    then: Callable[[Page], None],
) -> None:
    looking.goto(path.format(**visitor["documents"]))
    looking.get_by_text(text).first.wait_for()
    then(looking)
    look_at(looking, f"portal-{name}")
