"""The base of every error a caller may see. Imports nothing of Ficha; doors turn these into answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field. `field` is a dotted path into the body (`lines.0.quantity`) or a parameter's name."""

    field: str
    code: str
    detail: str


class FichaError(Exception):
    """Something the caller can understand. Subclasses set `status`, a stable `code` and a `title`.

    `members` are more of the problem, for programs (RFC 9457, extension members).
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        members: Mapping[str, str | int] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = tuple(errors)
        self.members = dict(members or {})


class BadRequest(FichaError):
    status = 400
    code = "bad_request"
    title = "The request cannot be read"


class Unauthenticated(FichaError):
    status = 401
    code = "unauthenticated"
    title = "Who is asking is not known"


class Forbidden(FichaError):
    status = 403
    code = "forbidden"
    title = "Not allowed"


class NotFound(FichaError):
    status = 404
    code = "not_found"
    title = "Not found"


class Conflict(FichaError):
    status = 409
    code = "conflict"
    title = "Not possible in the present state"


class StaleVersion(FichaError):
    status = 412
    code = "stale_version"
    title = "Somebody changed it in the meantime"


class Invalid(FichaError):
    status = 422
    code = "invalid"
    title = "Some fields are not valid"


class Unavailable(FichaError):
    status = 503
    code = "unavailable"
    title = "Not available right now"


def invalid(field: str, code: str, detail: str) -> Invalid:
    """The 422 that names one field."""
    return Invalid(detail, errors=[FieldError(field, code, detail)])
