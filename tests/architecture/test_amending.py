"""Every body that changes what is there is judged beside it: only what changes has to be right (D-046)."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import get_args, get_origin

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from shared.web.amending import Amendment
from tests.architecture.test_tenancy import SERVICES


def patches() -> Iterator[APIRoute]:
    for service in SERVICES:
        package = importlib.import_module(service)
        for module in pkgutil.walk_packages(package.__path__, f"{service}."):
            if module.name.endswith("routes"):
                routers = [each for each in vars(importlib.import_module(module.name)).values() if _is_router(each)]
                for route in [route for router in routers for route in router.routes]:
                    if isinstance(route, APIRoute) and "PATCH" in (route.methods or ()):
                        yield route


def _is_router(value: object) -> bool:
    return isinstance(value, APIRouter)


@pytest.mark.parametrize("route", list(patches()), ids=lambda route: route.path)
def test_a_patch_is_an_amendment(route: APIRoute) -> None:
    hints = inspect.get_annotations(route.endpoint, eval_str=True)
    bare = [get_args(hint)[0] if get_args(hint) else hint for hint in hints.values()]
    assert any(get_origin(kind) is Amendment for kind in bare), hints


def test_they_are_all_found() -> None:
    assert len({route.path for route in patches()}) >= 12
