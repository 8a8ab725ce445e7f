"""The ways to where the tests of the web client begin."""

from playwright.sync_api import Locator, Page, expect

from tests.web.input_methods import InputMethod


def open_sidebar(hand: InputMethod, name: str) -> Locator:
    """From the list."""
    page = hand.page
    page.goto(f"/contacts?q={name}")
    hand.press(page.get_by_role("row").filter(has_text=name))
    sidebar = page.get_by_role("complementary")
    expect(sidebar.get_by_role("heading", name=name)).to_be_visible()
    return sidebar


def open_panel(hand: InputMethod, name: str) -> None:
    """From the list, over the sidebar."""
    hand.press(open_sidebar(hand, name).get_by_role("link", name="Más"))
    expect(hand.page.get_by_role("heading", level=1, name=name)).to_be_visible()


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def save(hand: InputMethod) -> None:
    hand.press(dialog(hand.page).get_by_role("button", name="Guardar"))
    expect(dialog(hand.page)).to_have_count(0)
