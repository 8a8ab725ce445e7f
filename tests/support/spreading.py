"""How a run is spread over processes: a file stays whole, and so do all tests of one Ficha, minutes in the starting.

What mostly waits (for a broker to come back, for a link to be found dead) goes one after another, in a process beside
those that keep the processors busy.
"""

import os
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

_MODES = {"run", "stack"}
_WAITING = (
    "tests/chaos/test_chaos.py",
    "tests/contacts/test_process.py",
    "tests/contacts/test_upgrade.py",
    "tests/e2e/test_backup.py",
    "tests/e2e/test_kills.py",
    "tests/local/test_rabbitmq.py",
    "tests/shared/bus/",
    "tests/shared/rebuild/",
)
_LONGEST = ("waiting", "ficha run", "ficha stack")


def _scope_of(nodeid: str) -> str:
    name, _, parameters = nodeid.partition("[")
    mode = _MODES.intersection(parameters.rstrip("]").split("-"))
    if mode:
        return f"ficha {mode.pop()}"
    return "waiting" if name.startswith(_WAITING) else name.partition("::")[0]


class ByFicha(LoadScopeScheduling):  # type: ignore[misc]  # no type information is published
    def _split_scope(self, nodeid: str) -> str:
        return _scope_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFicha:
    return ByFicha(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first."""
    items.sort(
        key=lambda item: _LONGEST.index(scope) if (scope := _scope_of(item.nodeid)) in _LONGEST else len(_LONGEST)
    )


def pytest_xdist_auto_num_workers() -> int:
    """A process per processor, and the one that waits."""
    return len(os.sched_getaffinity(0)) + 1
