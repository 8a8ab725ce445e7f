"""Every error as RFC 9457 problem+json, in one place."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import asyncpg
import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Match

from shared.errors import FichaError, FieldError

logger = structlog.get_logger("problems")

MEDIA_TYPE = "application/problem+json"
_HEADERS: Mapping[int, dict[str, str]] = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "1"}}
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class FieldProblem(BaseModel):
    field: str
    code: str
    detail: str


class Problem(BaseModel):
    """RFC 9457. `code` is stable; `errors` names the wrong fields on 422."""

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    errors: list[FieldProblem] | None = None


def problem(
    status: int,
    code: str,
    title: str,
    detail: str | None = None,
    errors: Sequence[FieldError] = (),
    headers: dict[str, str] | None = None,
    members: Mapping[str, str | int] | None = None,
) -> Response:
    """Returns a problem (RFC 9457): its type made of `code`, `errors` by field, `members` beside the standard ones."""
    body: dict[str, Any] = {
        **(members or {}),
        "type": f"urn:ficha:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
    }
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = [{"field": e.field, "code": e.code, "detail": e.detail} for e in errors]
    return Response(orjson.dumps(body), status, headers=headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Have whatever an app raises answered as a problem."""
    app.add_exception_handler(FichaError, _on_ficha_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(DBAPIError, _on_database_error)
    app.add_exception_handler(asyncpg.PostgresError, _on_database_error)
    app.add_exception_handler(Exception, _on_unexpected)


async def _on_ficha_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, FichaError)
    headers = _HEADERS.get(error.status)
    return problem(error.status, error.code, error.title, error.detail, error.errors, headers, error.members)


async def _on_validation_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(item["type"] == "json_invalid" for item in found):
        return problem(400, "malformed_json", "The body is not JSON", str(found[0].get("ctx", {}).get("error", "")))
    errors = [FieldError(_path(item["loc"]), item["type"], item["msg"]) for item in found]
    return problem(422, "invalid", "Some fields are not valid", None, errors)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        # Starlette knows the methods of the first route that has this path, and there is one for each method.
        headers["Allow"] = ", ".join(_allowed(request.app.routes, request.url.path))
        if request.method == "OPTIONS":
            return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)
    phrase = HTTPStatus(error.status_code).phrase
    detail = error.detail if error.detail != phrase else None
    code = phrase.lower().replace(" ", "_")
    return problem(error.status_code, code, phrase, detail, headers=headers)


async def _on_database_error(request: Request, error: Exception) -> Response:
    """What the database alone can refuse: values no type can hold, and a database that is away."""
    original = error.orig if isinstance(error, DBAPIError) else error
    sqlstate = str(getattr(original, "sqlstate", "") or "")
    if sqlstate.startswith("22"):
        return problem(422, "invalid_value", "A value cannot be stored", "A value is out of range or not text.")
    if sqlstate in ("40001", "40P01", "55P03", "23505"):
        return problem(409, "conflict", "Not possible in the present state", "Somebody else was faster; try again.")
    if sqlstate.startswith(("08", "57")) or getattr(error, "connection_invalidated", False):
        logger.error("database_unavailable", error=str(original))
        return problem(503, "unavailable", "Not available right now", headers={"Retry-After": "1"})
    return await _on_unexpected(request, error)


async def _on_unexpected(_: Request, error: Exception) -> Response:
    if isinstance(error, OSError):  # the database's socket is gone
        logger.error("dependency_unavailable", error=str(error))
        return problem(503, "unavailable", "Not available right now", headers={"Retry-After": "1"})
    logger.error("unexpected", exc_info=error)
    return problem(500, FichaError.code, FichaError.title)


def _path(loc: Iterable[str | int]) -> str:
    """`("body", "lines", 0, "quantity")` → `lines.0.quantity`."""
    parts = [str(part) for part in loc]
    return ".".join(parts[1:] if parts and parts[0] in ("body", "query", "path", "header") else parts) or "body"


def _allowed(routes: Iterable[BaseRoute], path: str) -> list[str]:
    """What may be asked of this path; empty where nothing is."""
    asked = {"type": "http", "path": path, "root_path": "", "headers": [], "query_string": b""}
    found = [
        method
        for method in _METHODS
        if any(route.matches({**asked, "method": method})[0] is Match.FULL for route in routes)
    ]
    if "GET" in found:
        found.insert(1, "HEAD")
    return [*found, "OPTIONS"] if found else []
