"""How much a request may carry. What is not a file is small, and is read whole by whoever answers it."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import Headers

from gateway.errors import BodyTooLarge, LengthRequired
from shared.web.idempotency import IdempotentRoute

MOST_BYTES: Final = 2 * 1024 * 1024


def has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


def check_length(headers: Headers, most: int) -> None:
    """By what the client says of it; the server holds it to that. Raises BodyTooLarge."""
    if int(headers.get("content-length", 0)) > most:
        raise BodyTooLarge(f"At most {most:,} bytes.")


class BoundedRoute(APIRoute):
    """For the gateway's own routes: FastAPI would read any body to its end before looking at it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            if "transfer-encoding" in request.headers:
                raise LengthRequired()
            check_length(request.headers, MOST_BYTES)
            return await handle(request)

        return handler


class BoundedIdempotentRoute(BoundedRoute, IdempotentRoute):
    """The same, and the answer to a POST is kept for its Idempotency-Key."""
