"""Serves the web client: the back office at `/`, the client portal at `/portal`, and their hashed assets.

The files come from `services/gateway/web`, built into `static/`; without a build a page says how to get one.
"""

import asyncio
import gzip
import json
import re
import secrets
from functools import lru_cache
from mimetypes import guess_type
from pathlib import Path
from typing import Final, NotRequired, TypedDict

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

FOLDER: Final = Path(__file__).parent / "static"

_ASSETS: Final = "/assets/"
_NONCE: Final = b"__CSP_NONCE__"
"""Vite writes it where a nonce belongs."""
_UNNAMED: Final = re.compile(r'<link rel="preload"[^>]*\{\w+\}[^>]*>\s*')
"""What would be asked for something that this path does not name."""
_NOT_BUILT: Final = "The web client is not built yet: run `make web`, then load this page again.\n"
_ENCODINGS: Final = {"br": ".br", "gzip": ".gz"}
"""The smallest first, with the ending of the file that the build left beside the original."""
_OWN_WORDS: Final = frozenset({"api", "docs", "health", "metrics", "internal", "logos", ".well-known"})
"""First segments that are never a page of ours, so that a mistake there is not answered with one."""


class _Session(TypedDict):
    """`cookie` ends the name of what it is kept in; `without` is the page of who has none."""

    cookie: str
    without: str


class _FirstPage(TypedDict):
    """A page that names all it needs (`build/firstPages.ts`), for the paths and queries that it is made for."""

    path: str
    file: str
    session: NotRequired[_Session]


class WebClient:
    """The ASGI app for what no route took. Whatever is no page and no asset goes to `otherwise`."""

    def __init__(self, folder: Path, otherwise: ASGIApp) -> None:
        self._folder = folder
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._answer(Request(scope)) if scope["type"] == "http" else None
        await (answer or self._otherwise)(scope, receive, send)

    async def _answer(self, request: Request) -> Response | None:
        if request.method not in ("GET", "HEAD"):
            return None
        path = request.url.path
        if path.startswith(_ASSETS):
            return await self._asset(path, request)
        if path == "/favicon.svg":
            return await self._asset(path, request)
        return await asyncio.to_thread(self._page, page, request) if (page := _page_at(path, request)) else None

    async def _asset(self, path: str, request: Request) -> Response | None:
        file = self._folder / path.removeprefix("/")
        if "/." in path or not await asyncio.to_thread(file.is_file):
            return None
        headers = {"Cache-Control": "public, max-age=31536000, immutable" if path.startswith(_ASSETS) else "no-cache"}
        taken = request.headers.get("accept-encoding", "")
        encoding, body = await asyncio.to_thread(_read, file, tuple(name for name in _ENCODINGS if name in taken))
        headers["Vary"] = "Accept-Encoding"
        if encoding:
            headers["Content-Encoding"] = encoding
        return Response(body, media_type=guess_type(file.name)[0] or "application/octet-stream", headers=headers)

    def _page(self, name: str, request: Request) -> Response:
        try:
            page = self._first_page(request) or (self._folder / name).read_bytes()
        except FileNotFoundError:
            return Response(_NOT_BUILT, 503, media_type="text/plain", headers={"Cache-Control": "no-store"})
        nonce = secrets.token_urlsafe(16)
        # Another page without a session: no cache may give one for the other.
        headers = {
            "Cache-Control": "private, no-cache",
            "Content-Security-Policy": _policy(nonce),
            "Vary": "Accept-Encoding",
        }
        body = page.replace(_NONCE, nonce.encode())
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, mtime=0)
        return Response(body, media_type="text/html", headers=headers)

    def _first_page(self, request: Request) -> bytes | None:
        """With what the path and query name put in where the page will ask for it."""
        asked = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        pages: list[_FirstPage] = json.loads((self._folder / "pages.json").read_bytes())
        for page in pages:
            if match := re.fullmatch(page["path"], asked):
                text = (self._folder / _file_for(page, request)).read_text()
                for name, value in match.groupdict(default="").items():
                    text = text.replace(f"{{{name}}}", value) if value else text
                return _UNNAMED.sub("", text).encode()
        return None


def _file_for(page: _FirstPage, request: Request) -> str:
    session = page.get("session")
    if session and not any(name.endswith(session["cookie"]) for name in request.cookies):
        return session["without"]
    return page["file"]


def _page_at(path: str, request: Request) -> str | None:
    """Any path below an entry is the client's own to route, but only for a browser that wants to see a page."""
    first, *rest = path.strip("/").split("/")
    if first in _OWN_WORDS or (rest and (first, rest[0]) == ("portal", "api")):
        return None
    if (rest or first not in ("", "portal")) and "text/html" not in request.headers.get("accept", ""):
        return None
    return "portal.html" if first == "portal" else "index.html"


def _policy(nonce: str) -> str:
    """No script but our files. Style elements need the nonce; Mantine writes a few. PDFs are shown in a frame."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" + nonce + "'; img-src 'self' data: blob:; "
        "font-src 'self'; connect-src 'self'; frame-src 'self' blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )


@lru_cache(maxsize=512)
def _read(file: Path, encodings: tuple[str, ...]) -> tuple[str | None, bytes]:
    """How it is encoded, and the bytes. An asset's name changes with its content: what was read once stays true."""
    for encoding in encodings:
        compressed = file.with_name(file.name + _ENCODINGS[encoding])
        if compressed.is_file():
            return encoding, compressed.read_bytes()
    return None, file.read_bytes()
