"""What every answer tells browsers, whoever made it: take it for what it says it is, and keep no copy of the API's."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PRIVATE = ("/api/", "/portal/api/")


class ProtectionMiddleware:
    def __init__(self, app: ASGIApp, *, hsts: str | None) -> None:
        self._app = app
        self._hsts = hsts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        private = scope["path"].startswith(_PRIVATE)

        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                headers.setdefault("Referrer-Policy", "same-origin")
                if private:
                    headers.setdefault("Cache-Control", "no-store")
                if self._hsts:
                    headers["Strict-Transport-Security"] = self._hsts
            await send(message)

        await self._app(scope, receive, protected)
