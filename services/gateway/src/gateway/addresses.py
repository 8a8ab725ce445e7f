"""Where Ficha is found: the hosts that a request may name, and the origins whose pages may write.

A name that somebody else lets point here is none of ours: its pages would be taken for our own (DNS rebinding).
"""

import re
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from yarl import URL

from gateway.errors import ForeignHost
from shared.web.problems import problem

_AUTHORITY: Final = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?")
_PORTS: Final = {"http": 80, "https": 443}
_LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")
_BY_ANY_NAME: Final = ("/health/", "/metrics", "/internal/", "/logos/")
"""Asked by probes and siblings, at a pod's address or a service's name. No cookie opens anything there."""

_SENTENCES: Final = (
    "Ficha no responde en {asked}. Ábrela en {public}, o añade esta dirección al ajuste GATEWAY_OTHER_URLS "
    "(FICHA_OTHER_URLS con `ficha` y con Docker Compose).",
    "Ficha does not answer at {asked}. Open it at {public}, or add this address to the setting GATEWAY_OTHER_URLS "
    "(FICHA_OTHER_URLS with `ficha` and with Docker Compose).",
    "Ficha no respon a {asked}. Obre-la a {public}, o afegeix aquesta adreça a l’opció GATEWAY_OTHER_URLS "
    "(FICHA_OTHER_URLS amb `ficha` i amb Docker Compose).",
)
"""In the languages of the web client, which cannot be shown here."""

Host = tuple[str, int]


class Addresses:
    """`public` is where browsers find us, `others` where they do as well. One on this machine is found by any of its
    names, at its port.
    """

    def __init__(self, public: str, others: Sequence[str] = ()) -> None:
        self.public = public
        urls = [alike for given in (public, *others) for alike in _alike(URL(given))]
        self._origins = {str(url.origin()) for url in urls}
        self._hosts = {(_written(url), url.port or _PORTS[url.scheme]) for url in urls}

    def is_origin(self, given: str) -> bool:
        """As browsers write it."""
        return given in self._origins

    def is_host(self, given: str) -> bool:
        """Without a port it is that of one of our schemes. A dot at the end makes another site of it for browsers."""
        found = _AUTHORITY.fullmatch(given.lower())
        if found is None:
            return False
        name, port = _plain(found[1]), found[2]
        ports = [int(port)] if port else list(_PORTS.values())
        return any((name, one) in self._hosts for one in ports)


class HostCheck:
    """Answers itself whoever asks for a host that is not ours, before anything else looks at the request."""

    def __init__(self, app: ASGIApp, addresses: Addresses) -> None:
        self._app = app
        self._addresses = addresses
        self._known: str | None = None
        """The last that was ours: most requests name the same."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(_BY_ANY_NAME):
            hosts = Headers(scope=scope).getlist("host")
            if len(hosts) != 1:
                refused = problem(400, "malformed_host", "A request names one host", "Send one Host header.")
                await refused(scope, receive, send)
                return
            if hosts[0] != self._known:
                if not self._addresses.is_host(hosts[0]):
                    await self._refusal(scope, hosts[0])(scope, receive, send)
                    return
                self._known = hosts[0]
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope, asked: str) -> Response:
        spanish, english, catalan = (said.format(asked=asked, public=self._addresses.public) for said in _SENTENCES)
        if scope["method"] in ("GET", "HEAD") and "text/html" in Headers(scope=scope).get("accept", ""):
            headers = {"Cache-Control": "no-store"}
            return PlainTextResponse(f"{spanish}\n\n{english}\n\n{catalan}\n", ForeignHost.status, headers=headers)
        return problem(ForeignHost.status, ForeignHost.code, ForeignHost.title, english)


def _alike(url: URL) -> list[URL]:
    """Itself, and on this machine what names it as well."""
    if _written(url) not in _LOOPBACK:
        return [url]
    return [url.with_host(name.strip("[]")) for name in _LOOPBACK]


def _written(url: URL) -> str:
    host = url.raw_host or ""
    return _plain(f"[{host}]" if ":" in host else host)


def _plain(name: str) -> str:
    """An address of IPv6 in its one form."""
    if not name.startswith("["):
        return name.lower()
    try:
        return f"[{ip_address(name[1:-1]).compressed}]"
    except ValueError:
        return name
