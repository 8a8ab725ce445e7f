"""What holds on every page: reachable for everybody, small, nothing from elsewhere. Leaves pictures to look at."""

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.support.ficha import Ficha
from tests.web.conftest import open_browser
from tests.web.looking import barriers, look_at, open_looking

pytestmark = pytest.mark.parametrize("ficha", ["run"], indirect=True)

FIRST_LOAD_BYTES = 300_000


class Look(Protocol):
    def __call__(self, name: str, path: str, text: str, presses: Sequence[str] = ()) -> None: ...


@dataclass(frozen=True)
class Places:
    """Where to look: the demo's busiest customer, one of its invoices, and a draft for somebody else."""

    contact: str
    document: str
    draft: str


@pytest.fixture(scope="module")
def places(client: httpx.Client) -> Places:
    found = client.get("/api/v1/contacts", params={"q": "Ernst Handel", "kind": "company"}).json()["items"][0]
    query = {"contact_id": found["id"], "type": "invoice", "status": "approved"}
    document = client.get("/api/v1/documents", params=query).json()["items"][0]
    return Places(
        contact=f"/contacts/{found['id']}",
        document=f"/contacts/{found['id']}/documents/{document['id']}",
        draft=draft_of(client),
    )


def draft_of(client: httpx.Client) -> str:
    other = client.get("/api/v1/contacts", params={"q": "Bon app", "kind": "company"}).json()["items"][0]
    taxes = ["iva_21"]
    lines = [
        {"description": "Asesoría fiscal", "quantity": "3", "unit_price": "120", "taxes": taxes},
        {"description": "Desplazamiento", "quantity": "40", "unit_price": "0.26", "discount_pct": "10", "taxes": taxes},
    ]
    body = {"type": "estimate", "contact_id": other["id"], "lines": lines}
    draft = client.post("/api/v1/documents", json=body).json()
    return f"/contacts/{other['id']}/documents/{draft['id']}"


@pytest.fixture(scope="module")
def looker(
    playwright: Playwright,
    ficha: Ficha,
    built: None,
    context: BrowserContext,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Look]:
    """Opens a page, presses what opens the rest, waits for a text, and looks at it."""
    folder = tmp_path_factory.mktemp("looks")
    browser = open_looking(playwright, folder, ficha, cookies=context.cookies())
    page = browser.new_page()

    def look(name: str, path: str, text: str, presses: Sequence[str] = ()) -> None:
        page.goto(path)
        for pressed in presses:
            page.get_by_role("button", name=pressed).or_(page.get_by_role("menuitem", name=pressed)).first.click()
        page.get_by_text(text).first.wait_for()
        look_at(page, name)

    yield look
    browser.close()


PAGES = [
    ("list", "/contacts", "Alfreds Futterkiste"),
    ("sidebar", "/contacts?q=ernst&selected={id}", "Últimos documentos"),
    ("panel", "{contact}", "Últimos documentos"),
    ("sales", "{contact}?tab=sales", "Pagada"),
    ("files", "{contact}?tab=files", "Subir archivo"),
    ("notes", "{contact}?tab=notes", "Añadir nota"),
    ("activity", "{contact}?tab=activity", "Nueva actividad"),
    ("document", "{document}", "Base imponible"),
    ("settings", "/settings", "Datos de la empresa"),
    ("audit", "/settings/activity", "ha entrado"),
    ("draft", "{draft}", "Añadir línea"),
]

DIALOGS = [
    ("new-contact", "/contacts", ["Nuevo contacto"], "Datos fiscales"),
    ("remove-contact", "{contact}", ["Opciones del contacto", "Eliminar"], "Dejará de aparecer"),
    ("new-document", "{contact}", ["Crear documento"], "Albarán"),
    ("portal-password", "{contact}", ["contraseña"], "Al menos 12 caracteres"),
    ("add-person", "{contact}", ["+ Añadir Persona"], "Elegir existente"),
    ("report", "{contact}", ["Productos y servicios vendidos"], "Última fecha"),
    ("new-activity", "{contact}", ["Nueva actividad"], "Recordatorio"),
    ("new-opportunity", "{contact}", ["Nueva oportunidad"], "Cierre previsto"),
    ("new-note", "{contact}?tab=notes", ["Añadir nota"], "Vista previa"),
    ("approve", "{draft}", ["Aprobar"], "Recibirá su número"),
    ("send", "{document}", ["Enviar"], "Quién lo recibirá"),
    ("pay", "{document}", ["Registrar pago"], "Importe"),
    ("account", "/contacts", ["Tu cuenta"], "Apariencia"),
    ("shortcuts", "/contacts", ["Atajos de teclado"], "Crear un documento"),
]


@pytest.mark.parametrize(("name", "path", "text"), PAGES, ids=[name for name, _, _ in PAGES])
def test_nothing_stands_in_anybodys_way(looker: Look, places: Places, name: str, path: str, text: str) -> None:
    contact_id = places.contact.rpartition("/")[2]
    looker(name, path.format(**asdict(places), id=contact_id), text)


@pytest.mark.parametrize(("name", "path", "presses", "text"), DIALOGS, ids=[name for name, *_ in DIALOGS])
def test_no_dialog_stands_in_anybodys_way(
    looker: Look, places: Places, name: str, path: str, presses: list[str], text: str
) -> None:
    looker(name, path.format(**asdict(places)), text, presses)


def test_the_login_stands_in_nobodys_way(playwright: Playwright, ficha: Ficha, built: None, tmp_path: Path) -> None:
    browser = open_browser(playwright, tmp_path, ficha, bypass_csp=True)
    page = browser.new_page()
    for path, text in (("/login", "Entra en Ficha"), ("/portal/login", "Entra en tu portal")):
        page.goto(path)
        page.get_by_text(text).wait_for()
        assert barriers(page) == []
    browser.close()


def test_everything_is_said_in_the_language_that_was_chosen(page: Page, places: Places) -> None:
    page.goto(places.contact)
    for account, language, tab in (
        ("Tu cuenta", "English", "Files"),
        ("Your account", "Català", "Arxius"),
        ("El teu compte", "Español", "Archivos"),
    ):
        page.get_by_role("button", name=account).click()
        page.get_by_role("menuitemradio", name=language).click()
        expect(page.get_by_role("tab", name=tab)).to_be_visible()


def test_a_panel_opens_small_and_from_here_only(page: Page, ficha: Ficha, places: Places) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(places.contact)
    page.get_by_text("Últimos documentos").first.wait_for()
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.startswith((ficha.url, "data:", "blob:"))] == []

    # The chart comes after the panel, in a chunk of its own.
    scripts = {url for url in asked if url.endswith(".js") and "YearChart" not in url}
    weight = sum(len(gzip.compress(page.request.get(url).body())) for url in scripts)
    print(f"first load of the panel: {weight / 1000:.0f} KB of script, gzipped")
    assert weight < FIRST_LOAD_BYTES


def test_nothing_secret_is_stored_in_the_browser(page: Page, ficha: Ficha) -> None:
    page.goto("/contacts")
    page.get_by_role("row").nth(1).wait_for()
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert ficha.password not in stored
    assert "ficha_session" not in stored
    answer = page.request.get("/contacts", headers={"Accept": "text/html"})
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
