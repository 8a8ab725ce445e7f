"""The floors of each service: doors above the service, the service above the repository, and nobody skips one.

import-linter holds the services apart; these rules go by the names of the rooms, wherever a noun has its own.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOORS = ("routes", "handlers")
FLOORS = {
    "main": 0,
    "worker": 0,
    "routes": 1,
    "handlers": 1,
    "service": 2,
    "repository": 3,
    "events": 3,
    "models": 4,
    "errors": 4,
}
SOURCES = sorted(path for path in ROOT.glob("services/*/src/**/*.py") if "migrations" not in path.parts)


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """(module, imported name) of every import, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


def room_of(module: str, name: str, service: str) -> str | None:
    """The room an import leads to, when it is one of this service's."""
    parts = [*module.split("."), name]
    if parts[0] != service:
        return None
    return next((part for part in reversed(parts) if part in FLOORS), None)


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT / "services"))


@pytest.mark.parametrize("path", [p for p in SOURCES if p.stem in FLOORS], ids=ids)
def test_imports_point_down(path: Path) -> None:
    service = path.relative_to(ROOT / "services").parts[0]
    mine = FLOORS[path.stem]
    upward = [
        f"{module}.{name}"
        for module, name in imports(path)
        if (room := room_of(module, name, service)) and FLOORS[room] < mine
    ]
    assert upward == []


@pytest.mark.parametrize("path", [p for p in SOURCES if p.stem in DOORS], ids=ids)
def test_doors_do_not_reach_into_the_cellar(path: Path) -> None:
    service = path.relative_to(ROOT / "services").parts[0]
    reached = [
        f"{module}.{name}"
        for module, name in imports(path)
        if room_of(module, name, service) in ("repository", "models")
    ]
    assert reached == []


@pytest.mark.parametrize("path", [p for p in SOURCES if "portal" not in p.parts], ids=ids)
def test_a_noun_reads_only_its_own_tables(path: Path) -> None:
    """Another noun is asked through its service. What a service is about lies at its root, and is for all its nouns."""
    service, *rooms = path.relative_to(ROOT / "services").with_suffix("").parts[2:]
    foreign = [
        f"{module}.{name}"
        for module, name in imports(path)
        if room_of(module, name, service) == "repository"
        and (noun := [*module.split("."), name][1]) != "repository"
        and noun != rooms[0]
    ]
    assert foreign == []


@pytest.mark.parametrize("path", [p for p in SOURCES if p.stem in (*DOORS, "service")], ids=ids)
def test_only_the_repository_speaks_sql(path: Path) -> None:
    """A session is passed along; statements are not made outside repository.py."""
    spoken = [
        f"{module}.{name}"
        for module, name in imports(path)
        if module.split(".")[0] == "sqlalchemy" and (module, name) != ("sqlalchemy.ext.asyncio", "AsyncSession")
    ]
    assert spoken == []


@pytest.mark.parametrize("path", [p for p in SOURCES if p.stem != "events"], ids=ids)
def test_only_events_rooms_record_events(path: Path) -> None:
    assert not [module for module, name in imports(path) if (module, name) == ("shared.bus", "outbox")]


@pytest.mark.parametrize("path", SOURCES, ids=ids)
def test_only_the_door_commits(path: Path) -> None:
    calls = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert calls == []


def test_no_file_is_named_for_no_job() -> None:
    nameless = {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "misc.py", "manager.py"}
    assert [p for p in ROOT.glob("[sdt]*/**/*.py") if p.name in nameless and ".venv" not in p.parts] == []
