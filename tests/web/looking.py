"""Looking at pages: on a desk, on a phone, in the dark. Leaves pictures to look at, and asks axe what is in the way."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Playwright

from tests.support.ficha import Ficha
from tests.web.conftest import open_browser

LOOKS = ("desktop", "phone", "dark")
_AXE = Path("services/gateway/web/node_modules/axe-core/axe.min.js")
_PICTURES = Path(__file__).parent / "screenshots"
_PHONE = {"width": 390, "height": 844}


def open_looking(
    playwright: Playwright, folder: Path, ficha: Ficha, look: str, *, cookies: Sequence[Any]
) -> BrowserContext:
    """The policy is off there: axe is injected."""
    options: dict[str, Any] = {"bypass_csp": True, "color_scheme": "dark" if look == "dark" else "light"}
    # Looked at when it stands still.
    options["reduced_motion"] = "reduce"
    if look == "phone":
        options |= {"viewport": _PHONE, "has_touch": True}
    browser = open_browser(playwright, folder, ficha, **options)
    browser.add_cookies([_plain(cookie) for cookie in cookies])
    return browser


def look_at(page: Page, name: str) -> None:
    """`name` is the picture's."""
    page.wait_for_load_state("networkidle")
    _PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=_PICTURES / f"{name}.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the window"
    assert barriers(page) == []


def barriers(page: Page) -> list[str]:
    """What axe finds serious or critical (WCAG 2.2 AA), as `rule: element`."""
    page.add_script_tag(path=_AXE)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate("tags => axe.run({runOnly: tags})", tags)["violations"]
    return [
        f"{each['id']}: {node['html'][:160]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def _plain(cookie: Any) -> Any:
    return {name: cookie[name] for name in ("name", "value", "domain", "path", "httpOnly", "sameSite")}
