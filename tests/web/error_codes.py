"""Every code under which something may be refused, read from the code that refuses: for the texts of the web client."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Final, get_args

from pydantic_core import core_schema

import shared
from shared.errors import FichaError

_SERVICES: Final = ("contacts", "crm", "documents", "files", "gateway", "notifications", "portal")
_SOURCES: Final = (Path("shared/src"), *(Path("services") / name / "src" for name in _SERVICES))

_REFUSE_WITH: Final = ("problem", "Refused", "_refusing")
"""Calls that say in their second argument the code of a whole problem."""
_CODE_AT: Final = {"invalid": 1, "FieldError": 1, "PydanticCustomError": 0, "TaxesWrong": 0}
"""Which argument of these is a field's code."""
_BY_VARIABLE: Final = {
    "shared/src/shared/passwords/rules.py": ("password_common", "password_personal"),
    "services/notifications/src/notifications/webhooks/targets.py": ("webhook_address_refused", "webhook_url_invalid"),
    # These pass on what a TaxesWrong or pydantic says, or are the one call that all others go through.
    "services/contacts/src/contacts/schemas.py": (),
    "services/documents/src/documents/drafts/lines.py": (),
    "services/documents/src/documents/drafts/service.py": (),
    "services/documents/src/documents/products/service.py": (),
    "shared/src/shared/errors.py": (),
    "shared/src/shared/web/problems.py": (),
}
"""Files where a code stands in a variable, and which codes it may hold."""
_NEVER_SENT: Final = ("dataclass", "frozen", "is_", "arguments", "argument", "callable", "no_such", "get_attribute",
                      "positional", "keyword", "unexpected", "multiple", "mapping", "iter", "generator", "async",
                      "complex", "recursion", "default_factory", "missing_argument", "missing_keyword",
                      "missing_positional", "missing_sentinel", "needs_python")  # fmt: skip
"""How the types of pydantic's errors begin that come from calls and classes of Python, never from what was sent."""


def problem_codes() -> dict[str, str]:
    """Code of a whole problem → where it is said."""
    for name in (*_SERVICES, shared.__name__):
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    found = {each.code: f"{each.__module__}.{each.__name__}" for each in _descendants(FichaError)}
    for path, call in _calls():
        if _name_of(call) in _REFUSE_WITH and len(call.args) > 1 and (code := _text(call.args[1])):
            found.setdefault(code, str(path))
    # What the framework refuses by itself is called by its phrase (`shared.web.problems`).
    for status in HTTPStatus:
        if status >= HTTPStatus.BAD_REQUEST and status not in _NEVER_ANSWERED:
            found.setdefault(status.phrase.lower().replace(" ", "_"), f"HTTP {status}")
    return found


_NEVER_ANSWERED: Final = {402, 407, 416, 418, 423, 424, 425, 426, 428, 451, 505, 506, 507, 508, 510, 511}


def field_codes() -> dict[str, str]:
    """Code of one wrong field → where it is said."""
    found: dict[str, str] = {}
    for path, call in _calls():
        place = _CODE_AT.get(_name_of(call))
        if place is not None and len(call.args) > place and (code := _text(call.args[place])):
            found.setdefault(code, f"{path}:{call.lineno}")
    for file, codes in _BY_VARIABLE.items():
        found.update((code, file) for code in codes)
    for kind in get_args(core_schema.ErrorType):
        if not kind.startswith(_NEVER_SENT):
            found.setdefault(kind, "pydantic")
    return found


def unreadable() -> list[str]:
    """Calls whose code is in a variable that nobody told this reader of: say in `_BY_VARIABLE` what it may be."""
    return [
        f"{path}:{call.lineno}"
        for path, call in _calls()
        if (place := _CODE_AT.get(_name_of(call))) is not None
        and len(call.args) > place
        and not _text(call.args[place])
        and str(path) not in _BY_VARIABLE
    ]


def _descendants(cls: type[FichaError]) -> Iterator[type[FichaError]]:
    yield cls
    for each in cls.__subclasses__():
        # Tests make some of their own.
        if not each.__module__.startswith("tests"):
            yield from _descendants(each)


def _calls() -> Iterator[tuple[Path, ast.Call]]:
    for path, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield path, node


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for source in _SOURCES:
        for path in sorted(source.rglob("*.py")):
            yield path, ast.parse(path.read_text())


def _name_of(call: ast.Call) -> str:
    function = call.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
