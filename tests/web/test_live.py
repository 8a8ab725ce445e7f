"""The panel hears of what others do, whatever ended its stream meanwhile, and what it missed is there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, Route, expect

from tests.support.ficha import Ficha
from tests.web.conftest import log_in, open_browser

pytestmark = pytest.mark.parametrize("ficha", ["run"], indirect=True)

STREAM = "**/api/v1/stream?*"
COUNT_STREAMS = """
    window.streams = [];
    const Native = window.EventSource;
    window.EventSource = class extends Native {
        constructor(url) { super(url); window.streams.push(this); }
    };
"""
OPEN_STREAMS = "window.streams.filter(stream => stream.readyState !== 2).length"


@pytest.fixture
def alone(playwright: Playwright, ficha: Ficha, built: None, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser whose session may end."""
    context = open_browser(playwright, tmp_path, ficha)
    log_in(context, ficha)
    yield context
    context.close()


def plan(client: httpx.Client, company: dict[str, Any], title: str) -> None:
    body = {"contact_id": company["id"], "kind": "call", "title": title, "starts_at": "2031-05-06T10:00:00Z"}
    client.post("/api/v1/activities", json=body).raise_for_status()


def open_watching(page: Page, company: dict[str, Any]) -> None:
    page.add_init_script(COUNT_STREAMS)
    page.goto(f"/contacts/{company['id']}")
    expect(page.get_by_role("heading", level=1)).to_have_text(company["name"])


def expect_one_stream_that_hears(page: Page, client: httpx.Client, company: dict[str, Any]) -> None:
    plan(client, company, "Después")
    expect(page.get_by_role("region", name="Próximas actividades")).to_contain_text("Después")
    assert page.evaluate(OPEN_STREAMS) == 1


def test_a_stream_that_was_refused_is_opened_again_and_shows_what_was_missed(
    page: Page, client: httpx.Client, company: dict[str, Any]
) -> None:
    refused: list[Route] = []

    def refuse_once(route: Route) -> None:
        if refused:
            route.continue_()
            return
        refused.append(route)
        expect(page.get_by_role("region", name="Próximas actividades")).to_contain_text("Nada pendiente")
        plan(client, company, "Mientras tanto")
        route.fulfill(status=503, body="{}")

    page.route(STREAM, refuse_once)
    open_watching(page, company)
    expect(page.get_by_role("region", name="Próximas actividades")).to_contain_text("Mientras tanto")
    expect_one_stream_that_hears(page, client, company)


def test_after_the_login_over_the_page_the_stream_goes_on(
    alone: BrowserContext, ficha: Ficha, client: httpx.Client, company: dict[str, Any]
) -> None:
    page = alone.new_page()
    with page.expect_response(STREAM):
        open_watching(page, company)
    alone.clear_cookies()
    plan(client, company, "Sin sesión")  # asked for anew, which finds the session over
    over = page.get_by_role("dialog", name="Tu sesión ha terminado")
    over.get_by_label("Contraseña").fill(ficha.password)
    with page.expect_response(STREAM):
        over.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("region", name="Próximas actividades")).to_contain_text("Sin sesión")
    expect_one_stream_that_hears(page, client, company)


@pytest.mark.parametrize(
    "came_back",
    [
        "window.dispatchEvent(new Event('online'))",
        """(() => {
            const visibility = hidden => {
                Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
                document.dispatchEvent(new Event('visibilitychange'));
            };
            const now = Date.now;
            visibility(true);
            Date.now = () => now() + 3_600_000;
            visibility(false);
            Date.now = now;
        })()""",
    ],
    ids=["connection", "sleep"],
)
def test_who_was_away_gets_a_new_stream_and_what_was_missed(
    page: Page, client: httpx.Client, company: dict[str, Any], came_back: str
) -> None:
    with page.expect_response(STREAM):
        open_watching(page, company)
    expect(page.get_by_role("region", name="Próximas actividades")).to_contain_text("Nada pendiente")
    page.evaluate("window.streams[0].onmessage = null")  # the end that nobody speaks into any more
    plan(client, company, "Mientras tanto")
    with page.expect_response(STREAM):
        page.evaluate(came_back)
    expect(page.get_by_role("region", name="Próximas actividades")).to_contain_text("Mientras tanto")
    expect_one_stream_that_hears(page, client, company)
