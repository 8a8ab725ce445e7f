"""Looking at pages: on a desk, on a phone, in the dark. Leaves pictures to look at, and asks axe what is in the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import BrowserContext, Page, Playwright

from tests.support.ficha import Ficha
from tests.web.conftest import open_browser

_AXE = Path("services/gateway/web/node_modules/axe-core/axe.min.js")
_AXE_OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
# What lies behind a modal dialog is out of everybody's reach, half covered, and looked at without it elsewhere.
_RUN_AXE = """options => axe.run(document.querySelector('[aria-modal="true"]') ?? document, options)"""
PICTURES = Path(__file__).parent / "screenshots"
_SETTLING_MS = 1_000
# What a page draws for its new size comes a frame after it is told, and may move in its turn.
STILL = """async () => {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  return document.getAnimations().length === 0;
}"""


@dataclass(frozen=True)
class _Way:
    scheme: Literal["light", "dark"]
    width: int
    height: int


_WAYS = {"desktop": _Way("light", 1440, 900), "dark": _Way("dark", 1440, 900), "phone": _Way("light", 390, 844)}


def open_looking(playwright: Playwright, folder: Path, ficha: Ficha, *, cookies: Sequence[Any]) -> BrowserContext:
    """The policy is off there: axe is injected. Nothing moves: it is looked at when it stands still."""
    browser = open_browser(playwright, folder, ficha, bypass_csp=True, reduced_motion="reduce")
    browser.add_cookies([_plain(cookie) for cookie in cookies])
    return browser


def look_at(page: Page, name: str) -> None:
    """In each way, as it is open now. `name` is the pictures'."""
    page.wait_for_load_state("networkidle")
    PICTURES.mkdir(exist_ok=True)
    for way, seen in _WAYS.items():
        page.emulate_media(color_scheme=seen.scheme)
        page.set_viewport_size({"width": seen.width, "height": seen.height})
        page.wait_for_function(STILL)
        page.screenshot(path=PICTURES / f"{name}-{way}.png")
        page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
        found = barriers(page)
        assert not found, f"{way}: {found}"
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 900})


def barriers(page: Page) -> list[str]:
    """What axe finds serious or critical (WCAG 2.2 AA), as `rule: element`. What a second look no longer finds was
    only the page settling.
    """
    found = _found_by_axe(page)
    if found:
        page.wait_for_timeout(_SETTLING_MS)
        found = _found_by_axe(page)
    return found


def _found_by_axe(page: Page) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=_AXE)
    found = page.evaluate(_RUN_AXE, _AXE_OPTIONS)["violations"]
    return [
        f"{each['id']}: {node['html'][:160]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def _plain(cookie: Any) -> Any:
    return {name: cookie[name] for name in ("name", "value", "domain", "path", "httpOnly", "sameSite")}
