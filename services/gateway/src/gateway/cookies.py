"""The cookies of staff. With TLS their names begin with `__Host-`: no other host, nor a subdomain, can plant one."""

from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

SESSION: Final = "ficha_session"
DEVICE: Final = "ficha_device"


class Cookies:
    """`https`: whether browsers find us so. Without it they would not take the prefix."""

    def __init__(self, *, https: bool) -> None:
        self._secure = https

    def read(self, request: HTTPConnection, name: str) -> str | None:
        return request.cookies.get(self._named(name))

    def set(self, response: Response, name: str, value: str, *, seconds: int) -> None:
        response.set_cookie(
            self._named(name), value, max_age=seconds, httponly=True, samesite="lax", secure=self._secure
        )

    def forget(self, response: Response, name: str) -> None:
        response.delete_cookie(self._named(name), httponly=True, samesite="lax", secure=self._secure)

    def _named(self, name: str) -> str:
        return f"__Host-{name}" if self._secure else name
