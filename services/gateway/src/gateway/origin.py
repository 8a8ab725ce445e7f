"""Writes that a foreign page makes a browser send are refused (CSRF). Programs that are no browser send neither header.

The rules are those of Fetch Metadata: Sec-Fetch-Site where the browser says it, else Origin against our own.
"""

from starlette.requests import HTTPConnection
from yarl import URL

from gateway.errors import ForeignOrigin

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class OwnOrigin:
    """`public_url` is where browsers find us; the host they asked for counts as well."""

    def __init__(self, public_url: str) -> None:
        self._public = str(URL(public_url).origin())

    def check(self, request: HTTPConnection) -> None:
        """Raises ForeignOrigin."""
        if request.scope["method"] in SAFE_METHODS:
            return
        origin = request.headers.get("origin")
        if origin == self._public:
            return
        site = request.headers.get("sec-fetch-site")
        if site is not None:
            if site not in ("same-origin", "none"):
                raise ForeignOrigin(f"Sec-Fetch-Site says {site[:20]}.")
        elif origin is not None and origin.partition("://")[2] != request.headers.get("host"):
            raise ForeignOrigin("The Origin header names another site.")
