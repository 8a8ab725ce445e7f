"""The web client as the gateway serves it, with a build of two apps, their first pages and one asset."""

import gzip
import json
import re
from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse

from gateway.web import WebClient

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


FIRST_PAGES = {
    "list": '<meta nonce="__CSP_NONCE__">the back office\'s list',
    "panel": 'the back office\'s panel <link rel="preload" href="/panels/{contact}">',
    "login": '<meta nonce="__CSP_NONCE__">the back office\'s login',
    "door": 'the portal<link rel="preload" href="/company?organization={company}">',
}
PAGES = [
    {"path": "/", "file": "list.html", "session": {"cookie": "ficha_session", "without": "login.html"}},
    {"path": r"/contacts/(?P<contact>[0-9a-f-]{3})", "file": "panel.html"},
    {"path": r"/portal/login(\?org=(?P<company>[\w-]+))?", "file": "door.html"},
]


@pytest.fixture
def build(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "app-1a2b.js").write_text("export {}")
    (tmp_path / "assets" / "app-1a2b.js.gz").write_bytes(gzip.compress(b"export {}"))
    (tmp_path / "assets" / "app-1a2b.js.br").write_bytes(b"as brotli makes it")
    (tmp_path / "index.html").write_text('<meta nonce="__CSP_NONCE__">the back office')
    (tmp_path / "portal.html").write_text("the portal")
    for name, text in FIRST_PAGES.items():
        (tmp_path / f"{name}.html").write_text(text)
    (tmp_path / "pages.json").write_text(json.dumps(PAGES))
    return tmp_path


@pytest.fixture
def client(build: Path) -> httpx.AsyncClient:
    app = WebClient(build, otherwise=PlainTextResponse("otherwise", 404))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://gateway")


async def test_each_page_carries_a_nonce_of_its_own(client: httpx.AsyncClient) -> None:
    nonces = set()
    for _ in range(2):
        answer = await client.get("/", headers=BROWSER)
        found = re.search(r'nonce="([\w-]+)"', answer.text)
        assert found
        assert f"style-src 'self' 'nonce-{found[1]}'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "private, no-cache"
        nonces.add(found[1])
    assert len(nonces) == 2


@pytest.mark.parametrize("path", ["/", "/contacts", "/contacts/1/documents/2", "/login"])
async def test_paths_of_the_back_office_are_its_page(client: httpx.AsyncClient, path: str) -> None:
    assert "the back office" in (await client.get(path, headers=BROWSER)).text


@pytest.mark.parametrize(
    ("path", "cookie", "page"),
    [
        ("/", "", "the back office's login"),
        ("/", "other=1", "the back office's login"),
        ("/", "ficha_session=1", "the back office's list"),
        ("/", "__Host-ficha_session=1", "the back office's list"),
        ("/?q=a", "ficha_session=1", '<meta nonce="'),
        ("/contacts/0a1", "", 'the back office\'s panel <link rel="preload" href="/panels/0a1">'),
        ("/contacts/0a1?year=2020", "", '<meta nonce="'),
        ('/contacts/"><b>', "", '<meta nonce="'),
        ("/portal/login?org=northwind-traders", "", "/company?organization=northwind-traders"),
        ("/portal/login?org=%22%3E%3Cb%3E", "", "the portal"),
        ("/portal/login", "", "the portal"),
    ],
)
async def test_a_first_page_names_what_it_will_ask_for(
    client: httpx.AsyncClient, path: str, cookie: str, page: str
) -> None:
    answer = await client.get(path, headers={**BROWSER, "Cookie": cookie})
    assert page in answer.text
    assert "{" not in answer.text
    assert "<b>" not in answer.text
    assert "private" in answer.headers["cache-control"]


async def test_pages_travel_compressed(client: httpx.AsyncClient) -> None:
    plain = await client.get("/login", headers={**BROWSER, "Accept-Encoding": "identity"})
    packed = await client.get("/login", headers={**BROWSER, "Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert "the back office" in packed.text


@pytest.mark.parametrize("path", ["/portal", "/portal/", "/portal/documents/3"])
async def test_paths_of_the_portal_are_its_page(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path, headers=BROWSER)).text == "the portal"


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/portal/api/nothing", "/docs/x", "/health/x", "/metrics/x", "/assets/gone.js"]
)
async def test_a_mistake_in_a_path_of_the_api_is_not_answered_with_a_page(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path, headers=BROWSER)).status_code == 404


async def test_a_program_that_asks_for_a_page_that_is_not_there_is_told_so(client: httpx.AsyncClient) -> None:
    assert (await client.get("/contacts")).status_code == 404
    assert (await client.post("/contacts", headers=BROWSER)).status_code == 404


async def test_assets_stay_in_caches_and_travel_compressed(client: httpx.AsyncClient, build: Path) -> None:
    plain = await client.get("/assets/app-1a2b.js", headers={"Accept-Encoding": "identity"})
    assert (plain.text, plain.headers.get("content-encoding")) == ("export {}", None)
    assert "immutable" in plain.headers["cache-control"]
    async with client.stream("GET", "/assets/app-1a2b.js", headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert gzip.decompress(raw) == b"export {}"
    async with client.stream("GET", "/assets/app-1a2b.js", headers={"Accept-Encoding": "gzip, br"}) as answer:
        assert b"".join([chunk async for chunk in answer.aiter_raw()]) == b"as brotli makes it"
    assert (answer.headers["content-encoding"], answer.headers["vary"]) == ("br", "Accept-Encoding")


async def test_nothing_outside_of_the_build_is_served(client: httpx.AsyncClient, build: Path) -> None:
    (build.parent / "secret.txt").write_text("secret")
    assert (await client.get("/assets/%2e%2e/%2e%2e/secret.txt")).status_code == 404


async def test_without_a_build_the_page_says_how_to_make_one(tmp_path: Path) -> None:
    app = WebClient(tmp_path, otherwise=PlainTextResponse("otherwise", 404))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://gateway") as client:
        answer = await client.get("/", headers=BROWSER)
    assert answer.status_code == 503
    assert "make web" in answer.text
