"""Work is never lost: not by Escape, a reload, the way back, a session that ends or a connection that breaks."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Playwright, Route, expect

from tests.support.ficha import Ficha
from tests.web.conftest import log_in, open_browser
from tests.web.places import dialog

pytestmark = pytest.mark.parametrize("ficha", ["run"], indirect=True)

OPENED_BY_ITSELF = "Recuperado lo que escribiste"
FORMS = [
    # Where, what opens the form, a field in it.
    ("/contacts", ["Nuevo contacto"], "Nombre comercial"),
    ("{panel}", ["Opciones del contacto", "Editar"], "Nombre comercial"),
    ("{panel}", ["Nueva actividad"], "Título"),
    ("{panel}", ["Nueva oportunidad"], "Título"),
    ("{panel}", ["+ Añadir Persona"], "Cargo"),
    ("{panel}?tab=notes", ["Añadir nota"], "Nota"),
]
IDS = ["contact", "edited-contact", "activity", "opportunity", "person", "note"]


def press(page: Page, names: list[str]) -> None:
    for name in names:
        page.get_by_role("button", name=name).or_(page.get_by_role("menuitem", name=name)).first.click()


def open_form(page: Page, path: str, presses: list[str], label: str) -> Locator:
    page.goto(path)
    press(page, presses)
    field = page.get_by_role("textbox", name=label)
    expect(field).to_be_visible()
    return field


@pytest.mark.parametrize(("path", "presses", "label"), FORMS, ids=IDS)
def test_what_was_written_is_there_again_until_it_is_discarded(
    page: Page, company: dict[str, Any], path: str, presses: list[str], label: str
) -> None:
    path = path.format(panel=f"/contacts/{company['id']}")
    field = open_form(page, path, presses, label)
    field.fill("A medio escribir")
    page.reload()
    expect(field).to_have_value("A medio escribir")  # it opened by itself
    expect(page.get_by_text(OPENED_BY_ITSELF)).to_be_visible()
    if "notes" not in path:
        field.press("Escape")
        expect(dialog(page)).to_have_count(0)
        expect(page.get_by_text("Sin guardar, pero no se pierde")).to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(dialog(page)).to_have_count(0)
        press(page, presses)
        expect(field).to_have_value("A medio escribir")
    page.goto("/settings")
    page.go_back()
    expect(field).to_have_value("A medio escribir")
    field.focus()  # the list of people to choose from lay over the buttons
    page.get_by_role("button", name="Cancelar").click()
    page.get_by_role("button", name="Deshacer").click()
    press(page, presses)
    expect(field).to_have_value("A medio escribir")
    page.get_by_role("button", name="Descartar").click()
    expect(field).to_have_value("")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(dialog(page)).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('ficha.draft'))") == []


def test_company_settings_keep_what_was_written(page: Page) -> None:
    page.goto("/settings")
    field = page.get_by_label("Teléfono")
    before = field.input_value()
    field.fill("+34 900 000 000")
    page.get_by_role("link", name="Contactos").click()
    page.goto("/settings")
    expect(field).to_have_value("+34 900 000 000")
    page.get_by_role("button", name="Descartar").click()
    expect(field).to_have_value(before)


def test_what_others_saved_meanwhile_is_taken_under_what_was_written(
    page: Page, client: httpx.Client, company: dict[str, Any]
) -> None:
    path = f"/contacts/{company['id']}"
    open_form(page, path, ["Opciones del contacto", "Editar"], "Nombre comercial").fill("Mío")
    page.keyboard.press("Escape")
    client.patch(f"/api/v1{path}", json={"trade_name": "Suyo", "website": "https://suyo.example"}).raise_for_status()
    page.goto(path)
    press(page, ["Opciones del contacto", "Editar"])
    expect(dialog(page).get_by_label("Nombre comercial")).to_have_value("Mío")
    expect(dialog(page).get_by_label("Web")).to_have_value("https://suyo.example")
    expect(dialog(page).get_by_role("alert")).to_contain_text("Suyo")


def test_a_password_is_not_kept_but_asked_for(page: Page, company: dict[str, Any]) -> None:
    page.goto(f"/contacts/{company['id']}")
    page.get_by_role("button", name="contraseña").click()
    dialog(page).get_by_label("Contraseña").fill("una clave que no se guarda")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="¿Salir sin guardar?")).to_be_visible()
    page.keyboard.press("Escape")  # closes the innermost only
    expect(dialog(page).get_by_label("Contraseña")).to_have_value("una clave que no se guarda")
    assert "una clave" not in page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Descartar").click()
    expect(dialog(page)).to_have_count(0)


def test_files_not_yet_uploaded_are_asked_about(page: Page, company: dict[str, Any]) -> None:
    page.goto(f"/contacts/{company['id']}?tab=files")
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Subir archivo").click()
    choosing.value.set_files({"name": "acta.txt", "mimeType": "text/plain", "buffer": b"hola"})
    page.get_by_role("tab", name="Notas").click()
    page.get_by_role("button", name="Quedarme").click()
    expect(page.get_by_role("region", name="Archivos elegidos")).to_contain_text("acta.txt")
    page.get_by_role("tab", name="Notas").click()
    page.get_by_role("button", name="Salir", exact=True).click()
    expect(page.get_by_role("button", name="Añadir nota")).to_be_visible()


@pytest.fixture
def leaver(playwright: Playwright, ficha: Ficha, built: None, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser of its own, logged in as the administrator: its session may end."""
    context = open_browser(playwright, tmp_path, ficha)
    log_in(context, ficha)
    yield context
    context.close()


def begin_contact(context: BrowserContext, name: str) -> Page:
    """In a page whose session is over when it is saved."""
    page = context.new_page()
    open_form(page, "/contacts", ["Nuevo contacto"], "Razón social").fill(name)
    context.clear_cookies()
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.get_by_role("dialog", name="Tu sesión ha terminado")).to_be_visible()
    return page


def enter(page: Page, email: str, password: str) -> None:
    over = page.get_by_role("dialog", name="Tu sesión ha terminado")
    over.get_by_label("E-mail").fill(email)
    over.get_by_label("Contraseña").fill(password)
    over.get_by_role("button", name="Entrar").click()


def named(client: httpx.Client, name: str) -> int:
    return len(client.get("/api/v1/contacts", params={"q": name}).json()["items"])


def test_when_the_session_ends_the_same_person_logs_in_and_goes_on(
    leaver: BrowserContext, ficha: Ficha, client: httpx.Client
) -> None:
    name = f"Sigue {uuid4().hex[:8]}"
    page = begin_contact(leaver, name)
    over = page.get_by_role("dialog", name="Tu sesión ha terminado")
    expect(over.get_by_label("E-mail")).to_have_value("admin@ficha.localhost")
    enter(page, "admin@ficha.localhost", ficha.password)
    expect(page.get_by_text(f"«{name}» se ha creado")).to_be_visible()
    expect(dialog(page)).to_have_count(0)
    assert named(client, name) == 1


def test_nothing_goes_on_as_somebody_else_who_logs_in(
    leaver: BrowserContext, ficha: Ficha, client: httpx.Client
) -> None:
    other = f"{uuid4().hex[:8]}@web.example"
    password = f"clave de {uuid4().hex}"
    made = client.post("/api/v1/users", json={"name": "Otra", "email": other, "password": password})
    assert made.status_code == 201, made.text
    name = f"Nunca {uuid4().hex[:8]}"
    page = begin_contact(leaver, name)
    enter(page, other, password)
    expect(page.get_by_role("dialog", name="Otra persona ha entrado")).to_be_visible()
    page.get_by_role("button", name="Abrir su página").click()
    expect(page.get_by_role("heading", level=1, name="Contactos")).to_be_visible()
    expect(dialog(page)).to_have_count(0)  # the other's work is not opened
    press(page, ["Nuevo contacto"])
    expect(dialog(page).get_by_label("Razón social")).to_have_value("")
    assert named(client, name) == 0
    leaver.clear_cookies()
    log_in(leaver, ficha)
    page.goto("/contacts")
    expect(dialog(page).get_by_label("Razón social")).to_have_value(name)


def test_who_logs_out_with_unsaved_work_is_asked_and_leaves_nothing_behind(leaver: BrowserContext) -> None:
    page = leaver.new_page()
    open_form(page, "/contacts", ["Nuevo contacto"], "Razón social").fill("Secreto comercial")
    page.keyboard.press("Escape")
    press(page, ["Tu cuenta", "Cerrar sesión"])
    question = page.get_by_role("dialog", name="¿Cerrar sesión")
    expect(question).to_contain_text("Hay un formulario a medias")
    question.get_by_role("button", name="Cerrar sesión").click()
    expect(page.get_by_text("Entra en Ficha")).to_be_visible()
    assert "Secreto comercial" not in page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")


def breaking(times: int) -> Callable[[Route], None]:
    """The server does it, and its answer is lost on the way: so many times."""
    left = [times]

    def handle(route: Route) -> None:
        if route.request.method == "GET" or left[0] == 0:
            route.fallback()
            return
        left[0] -= 1
        route.fetch()
        route.abort("connectionreset")

    return handle


@pytest.mark.parametrize(
    ("path", "presses", "label"),
    [FORMS[0], FORMS[2], FORMS[3], FORMS[5]],
    ids=["contact", "activity", "opportunity", "note"],
)
def test_what_is_sent_again_over_a_broken_connection_is_there_once(
    page: Page, client: httpx.Client, company: dict[str, Any], path: str, presses: list[str], label: str
) -> None:
    name = f"Una vez {uuid4().hex[:8]}"
    field = open_form(page, path.format(panel=f"/contacts/{company['id']}"), presses, label)
    if label == "Nombre comercial":
        dialog(page).get_by_label("Razón social").fill(name)
    field.fill(name)
    if page.get_by_label("Valor").count():
        page.get_by_label("Valor").first.fill("100")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    page.route("**/api/v1/**", breaking(2))
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("button", name="Guardar")).to_have_count(0, timeout=15_000)
    page.unroute("**/api/v1/**")
    assert len(sent) == 3
    query = {"contact_id": company["id"]}
    found = {
        "/api/v1/contacts": client.get("/api/v1/contacts", params={"q": name}).json()["items"],
        "/api/v1/activities": client.get("/api/v1/activities", params=query).json()["items"],
        "/api/v1/opportunities": client.get("/api/v1/opportunities", params=query).json()["items"],
        "/api/v1/notes": client.get("/api/v1/notes", params=query).json()["items"],
    }
    assert sum(len(items) for items in found.values()) == 1


def lost(sent: list[str | None]) -> Callable[[Route], None]:
    """The server does it, and nobody is told: the page is gone before the answer is."""

    def handle(route: Route) -> None:
        if route.request.method != "POST":
            route.fallback()
            return
        sent.append(route.request.headers.get("idempotency-key"))
        answer = route.fetch()
        if len(sent) > 1:
            route.fulfill(response=answer)

    return handle


@pytest.mark.parametrize(
    ("path", "presses", "label"),
    [FORMS[0], FORMS[2], FORMS[5]],
    ids=["contact", "activity", "note"],
)
def test_what_a_reload_kept_from_being_answered_is_sent_as_the_same(
    page: Page, client: httpx.Client, company: dict[str, Any], path: str, presses: list[str], label: str
) -> None:
    name = f"Una vez {uuid4().hex[:8]}"
    field = open_form(page, path.format(panel=f"/contacts/{company['id']}"), presses, label)
    if label == "Nombre comercial":
        dialog(page).get_by_label("Razón social").fill(name)
    field.fill(name)
    sent: list[str | None] = []
    page.route("**/api/v1/**", lost(sent))
    with page.expect_request(lambda request: request.method == "POST"):
        page.get_by_role("button", name="Guardar").click()
    page.reload()
    expect(field).to_have_value(name)
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("button", name="Guardar")).to_have_count(0)
    page.unroute_all(behavior="ignoreErrors")
    assert len(sent) == 2
    assert sent[0] == sent[1] is not None
    query = {"contact_id": company["id"]}
    found = [
        *client.get("/api/v1/contacts", params={"q": name}).json()["items"],
        *client.get("/api/v1/activities", params=query).json()["items"],
        *client.get("/api/v1/notes", params=query).json()["items"],
    ]
    assert len(found) == 1
    assert page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('ficha.unanswered'))") == []


def test_while_the_connection_is_away_a_calm_notice_says_so_and_the_work_goes_on_after_it(
    page: Page, client: httpx.Client, company: dict[str, Any]
) -> None:
    path = f"/contacts/{company['id']}"
    field = open_form(page, path, ["Opciones del contacto", "Editar"], "Nombre comercial")
    field.fill("Sin red")
    page.context.set_offline(True)
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("Sin conexión con el servidor. No se pierde nada")).to_be_visible()
    page.context.set_offline(False)
    expect(dialog(page)).to_have_count(0)
    expect(page.get_by_text("Sin conexión con el servidor")).to_have_count(0)
    assert client.get(f"/api/v1{path}").json()["trade_name"] == "Sin red"
