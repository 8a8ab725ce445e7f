"""However hard a button is pressed, one thing happens and is said once: double clicks, Enter twice, a slow network."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, Playwright, Request, expect

from tests.support.ficha import Ficha
from tests.support.waiting import until_now
from tests.web.conftest import open_browser
from tests.web.looking import STILL
from tests.web.places import dialog
from tests.web.test_portal import PASSWORD, new_visitor

pytestmark = pytest.mark.parametrize("ficha", ["run"], indirect=True)

Json = dict[str, Any]
_SLOWLY_MS = 700


def doubly(page: Page, button: Locator) -> None:
    button.dblclick()


def by_enter_twice(page: Page, button: Locator) -> None:
    page.wait_for_function(STILL)  # what just opened takes the focus once more
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")


def over_a_slow_network(page: Page, button: Locator) -> None:
    """Impatiently: again while the first is on its way."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": _SLOWLY_MS, "downloadThroughput": -1, "uploadThroughput": -1},
    )
    button.click(click_count=3, delay=40)


PRESSES = [doubly, by_enter_twice, over_a_slow_network]
every_press = pytest.mark.parametrize("press", PRESSES, ids=lambda press: press.__name__)
Press = Callable[[Page, Locator], None]


@dataclass(frozen=True)
class Act:
    """What is pressed on the way, where the last one stands, what it says, and how many documents, payments or mails
    there are of it after.
    """

    name: str
    begin: str
    way: tuple[str, ...]
    last: str
    said: str | None
    made: str | None = None
    within_dialog: bool = True


ACTS = [
    Act("approve", "draft", ("Aprobar",), "Aprobar", "Aprobado con el número"),
    Act("delete", "draft", ("Eliminar",), "Eliminar", "Borrador eliminado."),
    Act("pay", "invoice", ("Registrar pago",), "Guardar", "Pago registrado.", "payments"),
    Act("take back", "paid", ("Deshacer el pago",), "Deshacer el pago", "Pago deshecho"),
    Act("send", "invoice", ("Enviar",), "Enviar", "En camino a 1 destinatario.", "messages"),
    Act("void", "invoice", ("Más opciones", "Anular"), "Anular", "Documento anulado."),
    Act("convert", "estimate", ("Más opciones",), "Factura", None, "became", within_dialog=False),
    Act("accept", "estimate", ("Más opciones",), "Marcar como aceptado", None, within_dialog=False),
    Act("create", "panel", ("Crear documento",), "Presupuesto", None, "estimates", within_dialog=False),
]


@every_press
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_staff_do_a_thing_once(page: Page, client: httpx.Client, company: Json, act: Act, press: Press) -> None:
    document = begin(client, company, act.begin)
    page.goto(f"/contacts/{company['id']}" + (f"/documents/{document['id']}" if document else ""))
    for name in act.way:
        named(page, name).first.click()
    last = (
        named(dialog(page), act.last) if act.within_dialog else page.get_by_role("menuitem", name=act.last, exact=True)
    )
    writes = written(page)
    press(page, last)
    if act.said:
        expect(page.get_by_role("alert").filter(has_text=act.said)).to_have_count(1)
    else:
        until(page, lambda: bool(writes))
    page.wait_for_load_state("networkidle")
    expect(dialog(page)).to_have_count(0)
    expect(notices(page)).to_have_count(1 if act.said else 0)
    assert len(writes) == 1
    if act.made:
        assert made(client, company, document, act.made) == 1


@every_press
@pytest.mark.parametrize("answer", ["Aceptar presupuesto", "Rechazar"])
def test_clients_answer_once(portal: Page, client: httpx.Client, visitor: Json, answer: str, press: Press) -> None:
    estimate = approved(client, visitor["id"], "estimate")
    until_now(
        lambda: portal.request.get(f"/portal/api/documents/{estimate['id']}").ok, what="the estimate in the portal"
    )
    portal.goto(f"/portal/documents/{estimate['id']}")
    button = portal.get_by_role("button", name=answer)
    if answer == "Rechazar":
        button.click()
        button = dialog(portal).get_by_role("button", name=answer)
    writes = written(portal)
    press(portal, button)
    expect(notices(portal)).to_have_count(1)
    portal.wait_for_load_state("networkidle")
    expect(notices(portal)).to_have_count(1)
    expect(dialog(portal)).to_have_count(0)
    assert len(writes) == 1


@every_press
def test_clients_order_once(portal: Page, client: httpx.Client, visitor: Json, press: Press) -> None:
    product = {"name": "Queso", "unit_price": "10", "in_catalogue": True}
    client.post("/api/v1/products", json=product).raise_for_status()
    before = len(portal.request.get("/portal/api/orders?limit=200").json()["items"])
    portal.goto("/portal/catalogue")
    portal.get_by_role("button", name=re.compile("Añadir")).first.click()
    press(portal, portal.get_by_role("button", name="Hacer pedido"))
    expect(notices(portal)).to_have_count(1)
    portal.wait_for_load_state("networkidle")
    expect(notices(portal)).to_have_count(1)
    assert len(portal.request.get("/portal/api/orders?limit=200").json()["items"]) == before + 1


@every_press
def test_clients_are_shown_how_to_pay_once(portal: Page, client: httpx.Client, visitor: Json, press: Press) -> None:
    invoice = approved(client, visitor["id"], "invoice")
    until_now(lambda: portal.request.get(f"/portal/api/documents/{invoice['id']}").ok, what="the invoice in the portal")
    portal.goto(f"/portal/documents/{invoice['id']}")
    press(portal, portal.get_by_role("button", name="Pagar por transferencia"))
    expect(dialog(portal)).to_have_count(1)
    expect(dialog(portal).get_by_text("Beneficiario")).to_be_visible()
    expect(notices(portal)).to_have_count(0)


@pytest.fixture(scope="module")
def visitor(client: httpx.Client) -> Json:
    return new_visitor(client)


@pytest.fixture(scope="module")
def logged_in(
    playwright: Playwright, ficha: Ficha, built: None, visitor: Json, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    context = open_browser(playwright, tmp_path_factory.mktemp("client"), ficha)
    page = context.new_page()
    page.goto("/portal?org=northwind-traders")
    page.get_by_label("E-mail").fill(visitor["email"])
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Hola, {visitor['name']}")
    yield context
    context.close()


@pytest.fixture
def portal(logged_in: Any) -> Iterator[Page]:
    page = logged_in.new_page()
    yield page
    page.close()


def named(where: Page | Locator, name: str) -> Locator:
    return where.get_by_role("button", name=name).or_(where.get_by_role("menuitem", name=name, exact=True))


def notices(page: Page) -> Locator:
    return page.locator(".mantine-Notification-root")


def written(page: Page) -> list[str]:
    """What changed something, from now on, once it is answered."""
    seen: list[str] = []

    def note(request: Request) -> None:
        if request.method != "GET" and "/api/" in request.url:
            seen.append(f"{request.method} {request.url}")

    page.on("requestfinished", note)
    return seen


def until(page: Page, condition: Callable[[], bool]) -> None:
    """Lets the browser speak meanwhile: its events are heard while something is waited for."""

    def heard() -> bool:
        page.evaluate("0")
        return condition()

    until_now(heard, what="what was pressed")


def begin(client: httpx.Client, company: Json, what: str) -> Json | None:
    if what == "panel":
        return None
    if what == "draft":
        return draft(client, company["id"], "invoice")
    document = approved(client, company["id"], "estimate" if what == "estimate" else "invoice")
    if what == "paid":
        body = {"amount": "21.00", "method": "cash"}
        client.post(f"/api/v1/documents/{document['id']}/payments", json=body).raise_for_status()
    return document


def draft(client: httpx.Client, contact_id: str, kind: str) -> Json:
    line = {"description": "Asesoría", "unit_price": "100", "taxes": ["iva_21"]}
    answer = client.post("/api/v1/documents", json={"type": kind, "contact_id": contact_id, "lines": [line]})
    found: Json = answer.raise_for_status().json()
    return found


def approved(client: httpx.Client, contact_id: str, kind: str) -> Json:
    made = draft(client, contact_id, kind)
    found: Json = client.post(f"/api/v1/documents/{made['id']}/approve").raise_for_status().json()
    return found


def made(client: httpx.Client, company: Json, document: Json | None, what: str) -> int:
    if what == "estimates":
        return len(client.get(f"/api/v1/documents?contact_id={company['id']}&type=estimate").json()["items"])
    assert document
    if what == "became":
        return len(client.get(f"/api/v1/documents/{document['id']}").json()["became"])
    if what == "messages":
        path = f"/api/v1/messages?document_id={document['id']}"
        until_now(lambda: bool(client.get(path).json()["items"]), what="the mail in the log")
        return len(client.get(path).json()["items"])
    return len(client.get(f"/api/v1/documents/{document['id']}/payments").json()["items"])
