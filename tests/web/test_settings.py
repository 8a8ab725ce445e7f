"""The company's own settings, by an administrator; what clients then see of them."""

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.support.ficha import Ficha
from tests.support.pictures import png
from tests.support.waiting import until_now
from tests.web.conftest import open_browser

pytestmark = pytest.mark.parametrize("ficha", ["run"], indirect=True)


def test_an_administrator_edits_what_clients_see(page: Page, client: httpx.Client) -> None:
    before = client.get("/api/v1/organization").json()
    page.goto("/contacts")
    page.get_by_role("button", name="Tu cuenta").click()
    page.get_by_role("menuitem", name="Ajustes de la empresa").click()
    save = page.get_by_role("button", name="Guardar")
    expect(save).to_be_disabled()
    page.get_by_label("IBAN").fill("ES00")
    save.click()
    expect(page.get_by_text("El IBAN no es válido.")).to_be_visible()
    page.get_by_label("IBAN").fill("ES79 2100 0813 6101 2345 6789")
    page.get_by_label("Provincia").fill("Madrid")
    zone = page.get_by_role("combobox", name="Zona horaria")
    expect(zone).to_have_value("Europe/Madrid")
    zone.fill("canary")
    page.get_by_role("option", name="Atlantic/Canary").click()
    save.click()
    expect(page.get_by_text("Ajustes guardados.")).to_be_visible()
    expect(page.get_by_label("IBAN")).to_have_value("ES7921000813610123456789")
    expect(save).to_be_disabled()
    after = client.get("/api/v1/organization").json()
    assert (after["iban"], after["address"]["province"]) == ("ES7921000813610123456789", "Madrid")
    assert (after["name"], after["time_zone"]) == (before["name"], "Atlantic/Canary")
    kept = {field: before[field] for field in ("iban", "time_zone")}
    client.patch("/api/v1/organization", json=kept).raise_for_status()


def test_who_saves_second_takes_in_what_the_first_saved(page: Page, client: httpx.Client) -> None:
    before = client.get("/api/v1/organization").json()
    page.goto("/settings")
    page.get_by_label("Teléfono").fill("+34 910 000 001")
    page.get_by_label("Web").fill("https://mine.example")
    theirs = {"website": "https://theirs.example", "email": "otra@northwind.example"}
    client.patch("/api/v1/organization", json=theirs).raise_for_status()
    save = page.get_by_role("button", name="Guardar")
    save.click()
    told = page.get_by_role("alert")
    expect(told).to_contain_text("Otra persona ha guardado cambios")
    expect(told).to_contain_text("https://theirs.example")
    save.click()
    expect(page.get_by_text("Ajustes guardados.")).to_be_visible()
    expect(told).to_have_count(0)
    after = client.get("/api/v1/organization").json()
    assert (after["website"], after["email"]) == ("https://mine.example", "otra@northwind.example")
    kept = {field: before[field] for field in ("website", "email", "phone")}
    client.patch("/api/v1/organization", json=kept).raise_for_status()


def test_a_new_logo_is_no_conflict_for_who_goes_on_editing(page: Page, client: httpx.Client, tmp_path: Path) -> None:
    before = client.get("/api/v1/organization").json()
    file = tmp_path / "logo.png"
    file.write_bytes(png((900, 240), "#0f5c8c"))
    page.goto("/settings")
    page.get_by_label("Provincia").fill("Barcelona")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("Logotipo guardado.")).to_be_visible()
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("Ajustes guardados.")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="Otra persona")).to_have_count(0)
    assert client.get("/api/v1/organization").json()["address"]["province"] == "Barcelona"
    client.patch("/api/v1/organization", json={"address": before["address"]}).raise_for_status()
    client.delete("/api/v1/organization/logo").raise_for_status()


def test_the_logo_is_seen_at_the_door_of_the_portal_until_it_is_removed(
    page: Page, client: httpx.Client, tmp_path: Path
) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(png((900, 240), "#0f5c8c"))
    wrong = tmp_path / "logo.webp"
    wrong.write_text("<svg/>")
    page.goto("/settings")
    page.locator("input[type=file]").set_input_files(wrong)
    expect(page.get_by_text("No es una imagen PNG, JPEG o WebP.")).to_be_visible()
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("Logotipo guardado.")).to_be_visible()
    expect(page.locator("img[src^='/logos/']")).to_be_visible()

    def shown() -> bool:
        page.goto("/portal/login?org=northwind-traders")
        page.get_by_role("button", name="Entrar").wait_for()
        return page.get_by_role("img", name="Northwind Traders").is_visible()

    until_now(shown, within=15, every=0.3, what="the logo at the door")
    assert page.get_by_role("img", name="Northwind Traders").evaluate("image => image.naturalWidth") == 512

    page.goto("/settings")
    page.get_by_role("button", name="Eliminar").click()
    expect(page.get_by_role("button", name="Subir logotipo")).to_be_visible()
    until_now(lambda: not shown(), within=15, every=0.3, what="the door without a logo")


def test_who_is_no_administrator_finds_no_settings(
    playwright: Playwright, ficha: Ficha, built: None, client: httpx.Client, tmp_path: Path
) -> None:
    member = {"name": "Eva", "email": "eva@ficha.localhost", "password": "una clave de empleada"}
    client.post("/api/v1/users", json=member).raise_for_status()
    browser = open_browser(playwright, tmp_path, ficha)
    page = browser.new_page()
    page.goto("/login")
    page.get_by_label("E-mail").fill(member["email"])
    page.get_by_label("Contraseña").fill(member["password"])
    page.get_by_role("button", name="Entrar").click()
    page.get_by_role("button", name="Tu cuenta").click()
    expect(page.get_by_role("menuitem", name="Cerrar sesión")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Ajustes de la empresa")).to_have_count(0)
    page.goto("/settings")
    page.wait_for_url("**/contacts")
    browser.close()
