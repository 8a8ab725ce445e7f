"""What HTTP says of every request alike: HEAD wherever GET is, 304 where the asker has it, 415 for what we cannot read,
422 for parameters that mean nothing here.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from fastapi import Request
from fastapi._compat import field_annotation_is_sequence
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Form, Query
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import FichaError, FieldError, Invalid
from shared.web.problems import problem
from shared.web.versions import is_same

_CHARSET: Final = re.compile(r'charset\s*=\s*"?([^\s";]*)', re.IGNORECASE)
_CHARSETS: Final = frozenset({"utf-8", "utf8", "us-ascii"})
_JSON: Final = re.compile(r"application/(?:[a-z0-9.-]+\+)?json")
_A_JSON: Final = "application/json"
_FORMS: Final = ("multipart/form-data", "application/x-www-form-urlencoded")
_OF_A_BODY: Final = frozenset(
    {b"content-length", b"content-type", b"content-encoding", b"content-disposition", b"content-range"}
)


class UnsupportedMediaType(FichaError):
    status = 415
    code = "unsupported_media_type"
    title = "The body is of a kind that is not taken here"


class SemanticsMiddleware:
    """HEAD is answered by the route of GET: whoever forwards it finds `head` in the request's state."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if wrong := _unreadable(headers):
            refused = problem(415, UnsupportedMediaType.code, UnsupportedMediaType.title, wrong)
            await refused(scope, receive, send)
            return
        known = ", ".join(headers.getlist("if-none-match")) or None
        if scope["method"] == "HEAD":
            # A copy: the server goes by the method, too.
            inner = {**scope, "method": "GET"}
            inner.setdefault("state", {})["head"] = True
            try:
                await self._app(inner, receive, _Answer(send, known, head=True))
            finally:
                if "route" in inner:
                    scope["route"] = inner["route"]
        elif scope["method"] == "GET" and known is not None:
            await self._app(scope, receive, _Answer(send, known, head=False))
        else:
            await self._app(scope, receive, send)


class _Answer:
    """Sends the head alone where no body is wanted; what comes after it is dropped."""

    def __init__(self, send: Send, known: str | None, *, head: bool) -> None:
        self._send = send
        self._known = known
        self._head = head
        self._ended = False

    async def __call__(self, message: Message) -> None:
        if self._ended:
            return
        if message["type"] == "http.response.start" and self._is_known(message):
            kept = [header for header in message["headers"] if header[0].lower() not in _OF_A_BODY]
            message = {**message, "status": 304, "headers": kept}
            self._head = True
        await self._send(message)
        if self._head:
            self._ended = True
            await self._send({"type": "http.response.body", "body": b""})

    def _is_known(self, message: Message) -> bool:
        if self._known is None or message["status"] != 200:
            return False
        etag = Headers(raw=message["headers"]).get("etag")
        return etag is not None and is_same(self._known, etag)


async def check_request(request: Request) -> None:
    """A dependency of every route. Raises Invalid for a query parameter that is unknown here or given twice where one
    is meant, UnsupportedMediaType for a body that is not what the route reads.
    """
    route = request.scope["route"]
    assert isinstance(route, APIRoute)
    if request.scope["query_string"]:
        _check_query(_parameters(route), [name for name, _ in request.query_params.multi_items()])
    if _has_body(request.headers) and (taken := _bodies(route)):
        given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if given not in taken and not (_A_JSON in taken and _JSON.fullmatch(given)):
            raise UnsupportedMediaType(f"Content-Type says {given[:100] or 'nothing'}; it takes {' or '.join(taken)}.")


def _bodies(route: APIRoute) -> Sequence[str]:
    """The kinds of body it takes. One that reads it by itself says so in its part of the document."""
    if route.body_field is not None:
        return _FORMS if isinstance(route.body_field.field_info, Form) else (_A_JSON,)
    return tuple((route.openapi_extra or {}).get("requestBody", {}).get("content", ()))


def _parameters(route: APIRoute) -> dict[str, bool]:
    """The query parameters it takes, and whether several of one name."""
    known = _PARAMETERS.get(id(route))
    if known and known[0] is route:
        return known[1]
    fields = [field for field in get_flat_params(route.dependant) if isinstance(field.field_info, Query)]
    taken = {field.alias: field_annotation_is_sequence(field.field_info.annotation) for field in fields}
    _PARAMETERS[id(route)] = (route, taken)
    return taken


_PARAMETERS: Final[dict[int, tuple[APIRoute, dict[str, bool]]]] = {}
"""By id: routes have no hash. As many as there are in the code."""


def _check_query(taken: dict[str, bool], given: Sequence[str]) -> None:
    errors = [
        FieldError(name[:100], "unknown_parameter", f"It takes {', '.join(taken) or 'no parameters'}.")
        if name not in taken
        else FieldError(name, "repeated_parameter", "It is given more than once.")
        for name, times in Counter(given).items()
        if name not in taken or (times > 1 and not taken[name])
    ]
    if errors:
        raise Invalid(errors=errors)


def _unreadable(headers: Headers) -> str | None:
    coding = headers.get("content-encoding")
    if coding is not None and coding.strip().lower() not in ("", "identity"):
        return f"Content-Encoding says {coding[:100]}; bodies are taken as they are."
    if (charset := _CHARSET.search(headers.get("content-type", ""))) and charset[1].lower() not in _CHARSETS:
        return f"Content-Type says {charset[0][:100]}; text is taken as UTF-8."
    return None


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
