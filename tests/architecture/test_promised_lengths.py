"""What the API's document says of lengths is what is taken, and what is more is told as what it is.

A limit put on a type that has one does not replace it: the inner one holds, or is told as one of a list.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import Field, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from shared.web.shapes import Line, LongText, Shape
from tests.architecture.test_tenancy import SERVICES

Wrap = Callable[[Any], Any]
_TEXT, _LIST = "string_too_long", "too_long"


def promises(schema: Any, wrap: Wrap = lambda value: value) -> Iterator[tuple[int, str, Callable[[int], Any]]]:
    """(length, kind of error beyond it, what makes a value of a length) for each text and list that declares one."""
    for option in schema.get("anyOf", ()):
        yield from promises(option, wrap)
    if schema.get("type") == "string" and "maxLength" in schema:
        # A secret's length is told as a list's, by pydantic itself.
        kind = _LIST if schema.get("format") == "password" else _TEXT
        yield schema["maxLength"], kind, lambda length: wrap("a" * length)
    if schema.get("type") == "array":
        if "maxItems" in schema:
            yield schema["maxItems"], _LIST, lambda length: wrap(["a"] * length)
        yield from promises(schema.get("items", {}), lambda value: wrap([value]))


def broken(adapter: TypeAdapter[Any]) -> list[str]:
    found = []
    for most, kind, made in promises(adapter.json_schema(mode="validation")):
        if {_TEXT, _LIST} & errors(adapter, made(most)):
            found.append(f"{most} promised, and not taken")
        told = errors(adapter, made(most + 1))
        if not told or (told & {_TEXT, _LIST} and kind not in told):
            found.append(f"{most} promised, and more taken, or told as too long in another way")
    return found


def errors(adapter: TypeAdapter[Any], value: Any) -> set[str]:
    """Kinds of errors. What has another pattern than a row of letters is refused for that, which is no matter here."""
    try:
        adapter.validate_python(value)
    except ValidationError as error:
        return {one["type"] for one in error.errors()}
    return set()


def adapter_of(info: FieldInfo) -> TypeAdapter[Any]:
    kind: Any = info.annotation
    return TypeAdapter(Annotated[kind, *info.metadata] if info.metadata else kind)


def _modules() -> Iterator[Any]:
    for service in SERVICES:
        package = importlib.import_module(service)
        for found in pkgutil.walk_packages(package.__path__, f"{service}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def _fields() -> dict[str, FieldInfo]:
    """Of every request's body and query."""
    routers = {
        id(value): value for module in _modules() for value in vars(module).values() if isinstance(value, APIRouter)
    }
    routes = [route for router in routers.values() for route in router.routes if isinstance(route, APIRoute)]
    asked = {
        f"{route.path}?{param.name}": param.field_info for route in routes for param in route.dependant.query_params
    }
    bodies = {
        f"{shape.__module__}.{shape.__name__}.{name}": info
        for shape in _descendants(Shape)
        if shape.__module__.split(".")[0] in (*SERVICES, "shared")
        for name, info in shape.model_fields.items()
    }
    return {**asked, **bodies}


def _descendants(shape: type[Shape]) -> Iterator[type[Shape]]:
    for below in shape.__subclasses__():
        yield below
        yield from _descendants(below)


def test_every_length_that_is_promised_is_taken_and_no_more() -> None:
    fields = _fields()
    assert len(fields) > 100
    wrong = {name: found for name, info in fields.items() if (found := broken(adapter_of(info)))}
    assert wrong == {}


@pytest.mark.parametrize(
    ("kind", "complaints"),
    [
        (Annotated[Line, Field(max_length=2000)], 1),
        (Annotated[list[Annotated[Line, Field(max_length=300)]], Field(max_length=5)] | None, 1),
        (Annotated[LongText, Field(max_length=2000)], 1),
        (LongText, 0),
        (Line, 0),
    ],
)
def test_a_promise_that_is_not_kept_is_told(kind: Any, complaints: int) -> None:
    assert len(broken(TypeAdapter(kind))) == complaints
