"""A service that is away takes its own section with it and nothing else, and gives it back when it is asked again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.support.ficha import Ficha
from tests.web.input_methods import Mouse
from tests.web.looking import PICTURES
from tests.web.places import dialog, save

BACK_MS = 20_000
"""A service that hung is asked again by itself every five seconds, and answers late at first."""

pytestmark = pytest.mark.parametrize("ficha", ["stack"], indirect=True)


@contextmanager
def hung(ficha: Ficha, service: str) -> Iterator[None]:
    process = ficha.service(service)
    process.suspend()
    try:
        yield
    finally:
        process.resume()


def test_a_hung_service_dims_its_sections_until_it_is_back(
    page: Page, ficha: Ficha, client: httpx.Client, company: dict[str, Any]
) -> None:
    activities = page.get_by_role("region", name="Próximas actividades")
    with hung(ficha, "crm"):
        page.goto(f"/contacts/{company['id']}")
        for missing in ("Próximas actividades", "Oportunidades abiertas"):
            expect(page.get_by_role("region", name=missing)).to_contain_text("no disponible")
        expect(page.get_by_role("heading", level=1)).to_have_text(company["name"])
        people = page.get_by_role("region", name="Personas de contacto")
        people.get_by_role("button", name="+ Añadir Persona").click()
        page.get_by_role("radio", name="Crear nueva").locator("xpath=following-sibling::label").click()
        dialog(page).get_by_label("Nombre").fill("Lola Mento")
        save(Mouse(page))
        expect(people).to_contain_text("Lola Mento")
        expect(page.get_by_role("tab", name="Archivos")).to_contain_text("0")
    activities.get_by_role("button", name="Reintentar").click()
    expect(activities).to_contain_text("Nada pendiente", timeout=BACK_MS)


def test_what_is_known_of_a_hung_service_is_shown_with_its_moment(
    page: Page, ficha: Ficha, company: dict[str, Any]
) -> None:
    page.goto(f"/contacts/{company['id']}")
    year = page.get_by_role("region", name="Ventas y compras")
    note = "El servicio no responde. Datos de "
    expect(year).to_contain_text("0,00")
    with hung(ficha, "documents"):
        page.reload()
        expect(year).to_contain_text(note)
        expect(year).to_contain_text("0,00")
        page.goto(f"/contacts?q={company['name']}&selected={company['id']}")
        expect(page.get_by_role("status").filter(has_text=note)).to_be_visible()
        page.screenshot(path=PICTURES / "known-sidebar.png")
        page.goto(f"/contacts/{company['id']}")
        expect(year).to_contain_text(note)
        page.screenshot(path=PICTURES / "known-panel.png")
    year.get_by_role("button", name="Reintentar").click()
    expect(year).not_to_contain_text(note, timeout=BACK_MS)
    expect(page.get_by_role("button", name="Reintentar")).to_have_count(0, timeout=BACK_MS)


def test_without_contacts_the_panel_still_shows_what_the_others_know(
    page: Page, ficha: Ficha, company: dict[str, Any]
) -> None:
    page.goto("/contacts")
    with hung(ficha, "contacts"):
        page.goto(f"/contacts/{company['id']}")
        card = page.get_by_role("region", name="Datos del contacto")
        expect(card).to_contain_text("Datos del contacto: no disponible")
        expect(page.get_by_role("region", name="Próximas actividades")).to_contain_text("Nada pendiente")
    card.get_by_role("button", name="Reintentar").click()
    expect(card).to_contain_text(company["emails"][0], timeout=BACK_MS)
    expect(page.get_by_role("heading", level=1)).to_have_text(company["name"])
