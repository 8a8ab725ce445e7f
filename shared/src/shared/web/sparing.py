"""Writing is not reading: who may write and not read is told of a success what it takes to go on, and nothing more.

Whatever route it is, for all of them answer with the whole of what they changed. A stored answer is pared the same way
when it is given again, by what the one who asks again may do.
"""

from typing import Any, Final

import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_KEPT: Final = ("id", "version", "state", "key", "secret")
"""What it is called, and secrets that are made for the caller and shown once."""


class SparingAnswers:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def send_pared(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_to_be_pared(scope, message):
                start = message
            elif start is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    await send_whole(start, _pared(body))

        async def send_whole(begun: Message, content: bytes) -> None:
            MutableHeaders(scope=begun)["Content-Length"] = str(len(content))
            await send(begun)
            await send({"type": "http.response.body", "body": content})

        await self._app(scope, receive, send_pared)


def _is_to_be_pared(scope: Scope, start: Message) -> bool:
    if not scope.get("state", {}).get("answered_sparingly") or start["status"] not in (200, 201, 202):
        return False
    return Headers(raw=start["headers"]).get("content-type", "").startswith("application/json")


def _pared(body: bytes) -> bytes:
    told: Any = orjson.loads(body) if body else {}
    return orjson.dumps({name: told[name] for name in _KEPT if name in told} if isinstance(told, dict) else {})
