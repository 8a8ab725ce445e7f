"""What administrators see of accounts, and the password that is asked for once more over the page."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import asyncpg
import httpx
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Playwright, Request, expect

from tests.support.ficha import Ficha
from tests.support.waiting import until_now
from tests.web.conftest import log_in, open_browser
from tests.web.looking import look_at, open_looking

pytestmark = pytest.mark.parametrize("ficha", ["run"], indirect=True)

ASKED = "Confirma tu contraseña"
IBANS = ("ES79 2100 0813 6101 2345 6789", "ES91 2100 0418 4502 0005 1332")


@pytest.fixture
def old(
    playwright: Playwright, ficha: Ficha, client: httpx.Client, built: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """A browser whose login is a day old. What the organisation was is made good afterwards."""
    before = client.get("/api/v1/organization").json()
    context = open_browser(playwright, tmp_path_factory.mktemp("old"), ficha)
    log_in(context, ficha)
    grow_old(ficha, context)
    yield context
    context.close()
    kept = {field: before[field] for field in ("iban", "phone")}
    client.patch("/api/v1/organization", json=kept).raise_for_status()


def grow_old(ficha: Ficha, context: BrowserContext) -> None:
    """And wait until what the gateway remembers of it is as old."""
    token = next(cookie["value"] for cookie in context.cookies() if cookie.get("name") == "ficha_session")

    async def change() -> None:
        connection = await asyncpg.connect(ficha.database_url("gateway").replace("postgresql+asyncpg", "postgresql"))
        async with connection.transaction():
            token_hash = await connection.fetchval("SELECT encode(sha256(convert_to($1, 'UTF8')), 'hex')", token)
            await connection.execute("SELECT set_config('app.lookup', $1, true)", token_hash)
            org_id = await connection.fetchval("SELECT org_id::text FROM login_session")
            await connection.execute("SELECT set_config('app.org_id', $1, true)", org_id)
            await connection.execute(
                "UPDATE login_session SET confirmed_at = now() - interval '1 day' WHERE token_hash = $1", token_hash
            )
        await connection.close()

    # Playwright's loop runs in this thread.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(change())).result()
    until_now(
        lambda: context.request.delete(f"/api/v1/api-keys/{uuid4()}").status == 403,
        within=30,
        what="the login to be old",
    )


def save(page: Page, iban: str) -> Locator:
    """Changes the account on the settings' page by keyboard: the dialog that asks for the password."""
    page.goto("/settings")
    page.get_by_label("Teléfono").fill("+34 910 000 001")
    page.get_by_label("IBAN").fill(iban)
    page.get_by_label("IBAN").press("Control+Enter")
    dialog = page.get_by_role("dialog", name=ASKED)
    expect(dialog.get_by_label("Contraseña", exact=True)).to_be_focused()
    return dialog


def test_the_password_is_asked_for_over_the_page_and_what_was_sent_is_sent_again(
    old: BrowserContext, ficha: Ficha, client: httpx.Client
) -> None:
    page = old.new_page()
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "PATCH" else None)
    dialog = save(page, IBANS[0])
    page.keyboard.type("not the password")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("La contraseña actual no es correcta.")
    expect(dialog.get_by_label("Contraseña", exact=True)).to_be_focused()
    page.keyboard.type(ficha.password)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ajustes guardados.")).to_be_visible()
    expect(dialog).to_have_count(0)
    first, again = sent
    assert (first.post_data, first.headers.get("if-match")) == (again.post_data, again.headers.get("if-match"))
    saved = client.get("/api/v1/organization").json()
    assert (saved["iban"], saved["phone"]) == (IBANS[0].replace(" ", ""), "+34 910 000 001")
    # Once is enough for a while.
    page.get_by_label("IBAN").fill(IBANS[1])
    with page.expect_response(lambda answer: answer.request.method == "PATCH") as answered:
        page.get_by_label("IBAN").press("Control+Enter")
    assert answered.value.ok
    assert client.get("/api/v1/organization").json()["iban"] == IBANS[1].replace(" ", "")


def test_who_does_not_give_it_keeps_what_was_written(old: BrowserContext, client: httpx.Client) -> None:
    before = client.get("/api/v1/organization").json()
    page = old.new_page()
    dialog = save(page, IBANS[0])
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("alert")).to_contain_text("Confirma tu contraseña para hacer esto.")
    expect(page.get_by_label("IBAN")).to_have_value(IBANS[0])
    expect(page.get_by_label("Teléfono")).to_have_value("+34 910 000 001")
    assert client.get("/api/v1/organization").json() == before
    page.get_by_label("IBAN").press("Control+Enter")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Cancelar").click()
    expect(dialog).to_have_count(0)
    page.reload()
    expect(page.get_by_label("IBAN")).to_have_value(IBANS[0])


def test_the_question_stands_in_nobodys_way(
    old: BrowserContext, playwright: Playwright, ficha: Ficha, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("looks")
    browser = open_looking(playwright, folder, ficha, cookies=old.cookies())
    page = browser.new_page()
    save(page, IBANS[0])
    look_at(page, "confirm-password")
    browser.close()


def test_the_activity_of_accounts_is_read_and_filtered(page: Page, client: httpx.Client) -> None:
    name = f"Eva {uuid4().hex[:6]}"
    body = {"name": name, "email": f"{uuid4().hex[:8]}@web.example", "password": "correct horse battery"}
    made = client.post("/api/v1/users", json=body).json()
    client.patch(f"/api/v1/users/{made['id']}", json={"active": False}).raise_for_status()
    page.goto("/contacts")
    page.get_by_role("button", name="Tu cuenta").click()
    page.get_by_role("menuitem", name="Actividad de cuentas").click()
    entries = page.get_by_role("list", name="Lo que ha pasado").get_by_role("listitem")
    expect(entries.filter(has_text=f"Administrador ha desactivado a {name}")).to_contain_text("desde 127.0.0.1")
    expect(entries.filter(has_text=f"Administrador ha creado el usuario {name}")).to_contain_text(body["email"])
    expect(entries.filter(has_text="ha entrado").first).to_be_visible()
    page.get_by_role("combobox", name="Qué").click()
    page.get_by_role("option", name="Usuarios").click()
    expect(entries.filter(has_text="ha entrado")).to_have_count(0)
    expect(entries.filter(has_text=name)).to_have_count(2)
    page.get_by_role("combobox", name="Quién").fill("Ficha")
    page.get_by_role("option", name="Ficha").click()
    expect(entries).to_have_text([re.compile("Ficha ha creado el usuario Administrador")])
    page.get_by_label("Desde").fill("31/12/2026")
    page.get_by_label("Desde").press("Enter")
    page.get_by_label("Hasta").fill("30/12/2026")
    page.get_by_label("Hasta").press("Enter")
    expect(page.get_by_text("Es anterior a «Desde».")).to_be_visible()
    page.get_by_label("Hasta").fill("31/12/2026")
    page.get_by_label("Hasta").press("Enter")
    expect(page.get_by_text("Nada que mostrar")).to_be_visible()


def test_a_new_password_is_judged_while_it_is_typed_and_then_used(
    playwright: Playwright, ficha: Ficha, client: httpx.Client, built: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    body = {"name": "Berta Quiroga", "email": f"{uuid4().hex[:8]}@web.example", "password": "correct horse battery"}
    client.post("/api/v1/users", json=body).raise_for_status()
    context = open_browser(playwright, tmp_path_factory.mktemp("own"), ficha, bypass_csp=True)
    page = context.new_page()

    def enter(password: str) -> None:
        page.goto("/login")
        page.get_by_label("E-mail").fill(body["email"])
        page.get_by_label("Contraseña").fill(password)
        page.get_by_role("button", name="Entrar").click()
        page.get_by_role("button", name="Tu cuenta").wait_for()

    enter(body["password"])
    page.get_by_role("button", name="Tu cuenta").click()
    page.get_by_role("menuitem", name="Cambiar contraseña").click()
    dialog = page.get_by_role("dialog", name="Cambiar contraseña")
    said = dialog.get_by_role("status")
    expect(dialog.get_by_label("Contraseña actual")).to_be_focused()
    page.keyboard.type("nonsense")
    page.keyboard.press("Tab")
    for typed, text in (
        ("corta", "Está vacío o es demasiado corto."),
        ("berta quiroga berta quiroga", "Contiene el nombre de la persona o de la empresa. Elige otra."),
        ("siete cucharas violetas sin dueño", "Esta contraseña vale."),
    ):
        dialog.get_by_label("Contraseña nueva").fill(typed)
        expect(said).to_have_text(text)
    look_at(page, "own-password")
    dialog.get_by_label("Contraseña nueva").press("Enter")
    expect(dialog.get_by_text("La contraseña actual no es correcta.")).to_be_visible()
    dialog.get_by_label("Contraseña actual").fill(body["password"])
    dialog.get_by_label("Contraseña actual").press("Enter")
    expect(page.get_by_text("Contraseña cambiada.")).to_be_visible()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Tu cuenta").click()
    page.get_by_role("menuitem", name="Cerrar sesión").click()
    page.get_by_role("button", name="Entrar").wait_for()
    enter("siete cucharas violetas sin dueño")
    context.close()
