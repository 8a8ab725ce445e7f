"""Writes that a foreign page makes a browser send are refused (CSRF). Programs that are no browser send neither header.

The Origin is compared with where we say we are found, never with the host that was asked for: who asks chooses that.
"""

from starlette.requests import HTTPConnection

from gateway.addresses import Addresses
from gateway.errors import ForeignOrigin

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class OwnOrigin:
    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses

    def check(self, request: HTTPConnection) -> None:
        """Raises ForeignOrigin."""
        if request.scope["method"] in SAFE_METHODS:
            return
        if not all(self._addresses.is_origin(origin) for origin in request.headers.getlist("origin")):
            raise ForeignOrigin("The Origin header names another site.")
        site = request.headers.get("sec-fetch-site", "none")
        if site not in ("same-origin", "none"):
            raise ForeignOrigin(f"Sec-Fetch-Site says {site[:20]}.")
