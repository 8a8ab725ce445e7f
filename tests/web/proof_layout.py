"""Nothing jumps while a page comes: what is there stays where it is, however late and however bad the rest arrives."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.parametrize("ficha", ["run"], indirect=True)

MOST = 0.05
"""Of a page's layout shift, as Core Web Vitals reckon it; half of what they call good."""
WATCH = """
    window.shifted = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
"""
SIZES = {"desk": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}
SECTIONS = ("activities", "documents", "files", "notes", "opportunities", "people", "portal", "year")

Change = Callable[[dict[str, Any]], None]


def as_it_is(_panel: dict[str, Any]) -> None:
    """Only late."""


def stale(panel: dict[str, Any]) -> None:
    for section in panel["sections"].values():
        section.update(status="stale", reason="timeout")


def failed(panel: dict[str, Any]) -> None:
    for section in panel["sections"].values():
        section.update(status="unavailable", reason="timeout", data=None)


def one_failed(name: str) -> Change:
    return lambda panel: panel["sections"][name].update(status="unavailable", reason="timeout", data=None)


CASES: dict[str, Change] = {
    "late": as_it_is,
    "stale": stale,
    "failed": failed,
    **{f"without-{name}": one_failed(name) for name in SECTIONS},
}


def shift_of(page: Page) -> float:
    """Once what was drawn last is painted."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))")
    found: float = page.evaluate("window.shifted")
    return found


def hold(page: Page, pattern: str) -> list[Route]:
    held: list[Route] = []
    page.route(pattern, lambda route: held.append(route))
    return held


def let_go(page: Page, held: list[Route], change: Change) -> None:
    """What is asked again meanwhile is answered alike: a section that is away is."""
    expect(page.get_by_role("status").first).to_be_attached()

    def answer(route: Route) -> None:
        got = route.fetch()
        body = got.json()
        change(body)
        route.fulfill(response=got, body=json.dumps(body))

    page.route("**/api/v1/contacts/*/panel*", answer)
    for route in held:
        answer(route)


@pytest.mark.parametrize(
    ("contact", "case", "size"),
    [
        *(("busy", case, "desk") for case in CASES),
        *(("empty", case, "desk") for case in ("late", "failed")),
        *(("busy", case, size) for case in ("late", "failed") for size in ("tablet", "phone")),
    ],
)
def test_the_panel_stands_still(
    page: Page, client: httpx.Client, company: dict[str, Any], contact: str, case: str, size: str
) -> None:
    found = client.get("/api/v1/contacts", params={"q": "Ernst Handel", "kind": "company"}).json()["items"][0]["id"]
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.add_init_script(WATCH)
    panel = hold(page, "**/api/v1/contacts/*/panel*")
    chart = hold(page, "**/YearChart-*.js")
    page.goto(f"/contacts/{found if contact == 'busy' else company['id']}")
    expect(page.get_by_role("tablist")).to_be_visible()
    let_go(page, panel, CASES[case])
    expect(page.get_by_role("region", name="Informes")).to_be_attached()
    for route in chart:
        route.continue_()
    page.wait_for_load_state("load")
    assert shift_of(page) < MOST
    page.unroute_all(behavior="ignoreErrors")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("found", ["", "nadie se llama así"], ids=["some", "none"])
def test_the_list_stands_still(page: Page, found: str, size: str) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.add_init_script(WATCH)
    contacts = hold(page, "**/api/v1/contacts?*")
    filters = hold(page, "**/ContactFilterBar-*.js")
    page.goto(f"/contacts?q={found}" if found else "/contacts")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for held in (filters, contacts):
        for route in held:
            route.continue_()
    page.unroute_all(behavior="ignoreErrors")
    expect(page.get_by_role("searchbox").first).to_be_visible()
    expect(page.get_by_role("row").nth(1).or_(page.get_by_text("Ningún contacto coincide"))).to_be_visible()
    assert shift_of(page) < MOST
