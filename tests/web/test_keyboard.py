"""Shortcuts, and a focus that is seen wherever it goes."""

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.web.places import dialog

pytestmark = pytest.mark.parametrize("ficha", ["run"], indirect=True)


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
    sidebar = page.get_by_role("complementary")
    expect(sidebar.get_by_role("heading", name="Blauer See Delikatessen")).to_be_visible()
    expect(sidebar.get_by_role("link", name="Más")).to_be_focused()
    page.keyboard.press("Escape")
    expect(sidebar).to_have_count(0)
    expect(grid).to_be_focused()


def test_what_lies_over_the_page_keeps_its_keys_to_itself(page: Page, company: dict[str, Any]) -> None:
    page.goto(f"/contacts?q={company['name']}&selected={company['id']}")
    sidebar = page.get_by_role("complementary")
    options = sidebar.get_by_role("button", name="Opciones del contacto")
    options.press("Enter")
    expect(page.get_by_role("menuitem", name="Editar")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menuitem", name="Editar")).to_have_count(0)
    expect(options).to_be_focused()
    page.keyboard.press("e")
    expect(dialog(page)).to_contain_text("Editar contacto")
    dialog(page).get_by_role("button", name="Cancelar").focus()
    page.keyboard.press("n")
    expect(dialog(page)).to_contain_text("Editar contacto")
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)
    expect(sidebar).to_be_visible()
    expect(options).to_be_focused()


def test_single_keys_are_listed_and_can_be_switched_off(page: Page, company: dict[str, Any]) -> None:
    page.goto(f"/contacts/{company['id']}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("5")
    expect(page.get_by_role("tab", name="Notas")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("?")
    for meaning in ("Crear un documento", "Guardar lo que se escribe", "Deshacer lo último"):
        expect(dialog(page)).to_contain_text(meaning)
    switch = dialog(page).get_by_role("switch", name="Atajos de una sola tecla")
    switch.press("Space")
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)
    page.keyboard.press("1")
    page.keyboard.press("d")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(page.get_by_role("tab", name="Notas")).to_have_attribute("aria-selected", "true")
    page.get_by_role("button", name="Atajos de teclado").press("Enter")
    switch.press("Space")
    expect(switch).to_be_checked()


def test_a_button_that_works_keeps_the_focus_and_is_pressed_once(page: Page, company: dict[str, Any]) -> None:
    asked: list[Route] = []
    page.route(f"**/contacts/{company['id']}/portal/preview", lambda route: asked.append(route))
    page.goto(f"/contacts/{company['id']}")
    view = page.get_by_role("button", name="Ver como cliente")
    view.focus()
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    page.bring_to_front()
    expect(view).to_be_disabled()
    page.screenshot()  # a frame is drawn: only then a browser takes the focus from what is disabled
    page.keyboard.press("Enter")
    expect(view).to_be_focused()
    assert len(asked) == 1
    asked[0].continue_()
    expect(opened.value.get_by_role("status")).to_contain_text("Solo lectura")
    expect(view).to_be_focused()
    expect(view).to_be_enabled()
    opened.value.close()


@pytest.mark.parametrize("path", ["/contacts", "/contacts/{id}", "/contacts/{id}?tab=notes"])
def test_the_focus_is_seen_and_not_covered_wherever_it_goes(page: Page, company: dict[str, Any], path: str) -> None:
    page.goto(path.format(id=company["id"]))
    page.wait_for_load_state("networkidle")
    stops = 0
    page.keyboard.press("Tab")
    while place := page.evaluate(FOCUSED):
        name, covered, box = place["name"], place["covered"], place["box"]
        assert not covered, f"{name} is covered by {covered}"
        focused = page.screenshot(clip=box, caret="hide", animations="disabled")
        page.evaluate("window.was = document.activeElement; window.was.blur()")
        left = page.screenshot(clip=box, caret="hide", animations="disabled")
        assert focused != left, f"the focus on {name} is not seen"
        page.evaluate("window.was.focus()")
        page.keyboard.press("Tab")
        stops += 1
    assert stops > 8


FOCUSED = """() => {
    const focused = document.activeElement;
    if (focused === document.body) return null;
    const inked = focused.labels?.[0]?.parentElement ?? focused;
    const {x, y, width, height} = inked.getBoundingClientRect();
    const middle = document.elementFromPoint(x + width / 2, y + Math.min(height, innerHeight) / 2);
    const [left, top] = [Math.max(0, x - 6), Math.max(0, y - 6)];
    return {
        name: focused.getAttribute('aria-label') ?? focused.textContent.slice(0, 40),
        covered: inked.contains(middle) || middle?.contains(inked) ? null : middle?.outerHTML ?? 'the window',
        box: {
            x: left, width: Math.min(innerWidth - left, width + 12),
            y: top, height: Math.min(innerHeight - top, height + 12),
        },
    };
}"""
