"""A browser in front of a running Ficha with demo data. Tests that write make a contact of their own."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect, sync_playwright

from gateway.web import FOLDER
from tests.support import chromium
from tests.support.ficha import Ficha
from tests.support.waiting import PATIENCE

_PATIENCE_MS = PATIENCE * 1000


@pytest.fixture(scope="session")
def built() -> None:
    if not (FOLDER / "index.html").exists():
        pytest.fail("The web client is not built: run `make web` first.")


# Not for the whole session: an open Playwright holds the event loop that tests after it want.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def client(ficha: Ficha) -> Iterator[httpx.Client]:
    with closing(ficha.client()) as client:
        yield client


@pytest.fixture(scope="module")
def context(
    playwright: Playwright, ficha: Ficha, built: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """A browser where the administrator is logged in."""
    folder = tmp_path_factory.mktemp("chromium")
    context = open_browser(playwright, folder, ficha)
    log_in(context, ficha)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Fails a test that makes the page complain, about its own faults or its policy."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
    yield page
    page.close()
    assert complaints == []


@pytest.fixture
def company(client: httpx.Client) -> dict[str, Any]:
    name = f"Prueba {uuid4().hex[:8]} SL"
    body = {
        "kind": "company",
        "name": name,
        "roles": ["client", "supplier"],
        "emails": [f"{uuid4().hex[:8]}@web.example"],
    }
    answer = client.post("/api/v1/contacts", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def log_in(context: BrowserContext, ficha: Ficha) -> None:
    page = context.new_page()
    page.goto("/")
    page.get_by_label("E-mail").fill("admin@ficha.localhost")
    page.get_by_label("Contraseña").fill(ficha.password)
    page.get_by_role("button", name="Entrar").click()
    page.get_by_role("row").nth(1).wait_for()
    page.close()


def open_browser(playwright: Playwright, folder: Path, ficha: Ficha, **options: Any) -> BrowserContext:
    context = playwright.chromium.launch_persistent_context(
        folder,
        executable_path=chromium.find_or_install(),
        args=list(chromium.FLAGS),
        base_url=ficha.url,
        locale="es-ES",
        timezone_id="Europe/Madrid",
        **{"viewport": {"width": 1440, "height": 900}, **options},
    )
    context.set_default_timeout(_PATIENCE_MS)
    return context
