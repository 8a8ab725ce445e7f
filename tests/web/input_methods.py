"""The two ways a person works a page: by mouse, and by keyboard alone. A flow is told once and done by either."""

from collections.abc import Callable
from typing import Protocol

from playwright.sync_api import Locator, Page, expect

from tests.support.waiting import until_now

_STOPS = 150
"""More than any page has: a thing not reached by then cannot be reached."""
_ARROWS = {"radio": "ArrowRight", "row": "ArrowDown", "tab": "ArrowRight"}
"""What lies inside one stop of the Tab key, and the key that walks there."""
_OPENED = {"menuitem", "menuitemradio", "option"}
"""What a menu or a field opens, and gives the focus to by itself; ArrowDown walks there."""
_ACTIVATE = {"radio": None, "tab": None, "checkbox": "Space", "switch": "Space"}
"""Which key does it, once there; None: being there is enough. All others: Enter."""

_ROLE = """element => element.getAttribute('role')
    ?? (['checkbox', 'radio'].includes(element.type) ? element.type : '')"""
_HAS_FOCUS = """element => {
    const focused = document.activeElement;
    return focused === element || focused.getAttribute('aria-activedescendant') === (element.id || undefined);
}"""
_NEIGHBOUR_HAS_FOCUS = """element => {
    const around = element.closest('[role=tablist], [role=radiogroup], [role=grid], [role=menu], [role=listbox]');
    const focused = document.activeElement;
    return around.contains(focused) || focused.getAttribute('aria-controls') === around.id;
}"""


class InputMethod(Protocol):
    page: Page

    def press(self, target: Locator) -> None:
        """A button, a link, an entry of a menu, a tab, a row, a box to tick."""

    def write(self, target: Locator, text: str) -> None:
        """Instead of what stands in the field."""

    def undo(self) -> None:
        """Take back what was just done."""


class Mouse:
    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        # Boxes are drawn by their label; the input itself has no size.
        shown = target.evaluate_handle("element => element.labels?.[0] ?? element").as_element()
        assert shown is not None
        shown.click()

    def write(self, target: Locator, text: str) -> None:
        target.click()
        target.fill(text)

    def undo(self) -> None:
        self.page.get_by_role("button", name="Deshacer").click()


class Keyboard:
    """Raises AssertionError for what no key reaches, and where the focus is lost on the way."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        role = self._reach(target)
        if key := _ACTIVATE.get(role, "Enter"):
            self.page.keyboard.press(key)
        expect(self.page.locator("body"), "the focus is lost").not_to_be_focused()

    def write(self, target: Locator, text: str) -> None:
        self._reach(target)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def undo(self) -> None:
        self.page.get_by_role("button", name="Deshacer").wait_for()
        self.page.keyboard.press("ControlOrMeta+z")

    def _reach(self, target: Locator) -> str:
        """By Tab to it, or to the group it is in and from there by arrows. Answers its role."""
        target.wait_for(state="attached")
        role = str(target.evaluate(_ROLE))
        if role in _OPENED:
            until_now(lambda: target.evaluate(_NEIGHBOUR_HAS_FOCUS), what="the focus where it opened")
            self._walk("ArrowDown", target, _HAS_FOCUS)
        elif role in _ARROWS:
            self._walk("Tab", target, _NEIGHBOUR_HAS_FOCUS)
            self._walk(_ARROWS[role], target, _HAS_FOCUS)
        else:
            self._walk("Tab", target, _HAS_FOCUS)
        return role

    def _walk(self, key: str, target: Locator, arrived: str) -> None:
        for _ in range(_STOPS):
            if target.evaluate(arrived):
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"{_STOPS} × {key} did not lead to {target}")


INPUT_METHODS: dict[str, Callable[[Page], InputMethod]] = {"mouse": Mouse, "keyboard": Keyboard}
