"""What a first visit must fetch before it shows what was asked for stays small and near: bytes, and ways to the server
and back, because times differ by machine.
"""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, Route, expect

from gateway.web import FOLDER
from tests.support.ficha import Ficha
from tests.web.conftest import log_in, open_browser
from tests.web.test_portal import PASSWORD, new_visitor

pytestmark = pytest.mark.usefixtures("built")

BYTES_A_SECOND = 400_000 / 8
BUDGET = (5 - 2 * 0.3 - 0.4) * BYTES_A_SECOND
"""Of five seconds at 400 kbit/s: without two ways to the server and back, of 300 ms each, and what the scripts take."""
DATA = {"login": 0, "list": 18_000, "panel": 12_000, "door": 1_000, "home": 14_000}
"""Bytes that the API answers besides, at most: they are not compressed."""
PAGES = {
    "login": "form button",
    "list": "[role=row][data-index]",
    "panel": "h1",
    "door": "form button",
    "home": "h1",
}
"""Each first page, and what is its content."""


@pytest.fixture(scope="module")
def paths(client: httpx.Client) -> dict[str, str]:
    contact = client.get("/api/v1/contacts", params={"q": "Ernst Handel"}).json()["items"][0]["id"]
    return {
        "login": "/login",
        "list": "/contacts",
        "panel": f"/contacts/{contact}",
        "door": "/portal/login?org=northwind-traders",
        "home": "/portal?org=northwind-traders",
    }


@pytest.fixture(scope="module")
def everybody(
    playwright: Playwright, ficha: Ficha, client: httpx.Client, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """A browser where the administrator is logged in, and a client in the portal."""
    context = open_browser(playwright, tmp_path_factory.mktemp("everybody"), ficha)
    log_in(context, ficha)
    page = context.new_page()
    page.goto("/portal/login?org=northwind-traders")
    page.get_by_label("E-mail").fill(new_visitor(client)["email"])
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hola")
    page.close()
    yield context
    context.close()


def test_every_first_page_is_looked_at() -> None:
    assert {page["file"].removesuffix(".html") for page in _pages()} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_the_first_visit_fetches_little(name: str) -> None:
    html = (FOLDER / f"{name}.html").read_bytes()
    files = re.findall(r'(?:src|href)="/(assets/[^"]+)"', html.decode())
    weight = len(gzip.compress(html)) + sum((FOLDER / f"{file}.br").stat().st_size for file in files)
    print(f"{name}: {weight / 1000:.0f} KB in {len(files)} files")
    assert weight + DATA[name] < BUDGET


@pytest.mark.parametrize("ficha", ["run"], indirect=True)
@pytest.mark.parametrize("name", PAGES)
def test_the_content_takes_two_ways_to_the_server(everybody: BrowserContext, paths: dict[str, str], name: str) -> None:
    """Nothing that the page itself does not name is answered, until its content is there."""
    page = everybody.new_page()
    named: set[str] = set()
    held: list[Route] = []

    def answer(route: Route) -> None:
        path = route.request.url.split("/", 3)[3]
        if route.request.is_navigation_request():
            got = route.fetch()
            named.update(re.findall(r'(?:src|href)="/([^"]+)"', got.text()))
            route.fulfill(response=got)
        elif path in named:
            route.continue_()
        else:
            held.append(route)

    page.route("**/*", answer)
    page.goto(paths[name], wait_until="commit")
    expect(page.locator(PAGES[name]).first).to_be_visible()
    assert _asked_of_api(page) <= DATA[name]
    for route in held:
        route.continue_()
    page.unroute_all(behavior="ignoreErrors")
    page.close()


@pytest.mark.parametrize("page", ["index.html", "portal.html", *(f"{name}.html" for name in PAGES)])
def test_something_is_shown_before_any_script_or_style(page: str) -> None:
    text = (FOLDER / page).read_text()
    frame = text.index('class="first-bar"')
    assert all(match.start() > frame for match in re.finditer('rel="stylesheet"', text))


def test_every_text_asset_lies_there_compressed() -> None:
    for file in (FOLDER / "assets").iterdir():
        if file.suffix in (".js", ".css"):
            for ending in (".br", ".gz"):
                assert file.with_name(file.name + ending).stat().st_size <= file.stat().st_size + 64


def _asked_of_api(page: Page) -> int:
    """Bytes of the bodies so far."""
    found: int = page.evaluate(
        """performance.getEntriesByType('resource').filter(({ name }) => name.includes('/api/'))
            .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)"""
    )
    return found


def _pages() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(Path(FOLDER / "pages.json").read_text())
    return found
