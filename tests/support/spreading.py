"""How a run is spread over processes: a file stays whole, and so do all tests of one Ficha, minutes in the starting."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

_MODES = {"run", "stack"}


class ByFicha(LoadScopeScheduling):  # type: ignore[misc]  # no type information is published
    def _split_scope(self, nodeid: str) -> str:
        name, _, parameters = nodeid.partition("[")
        mode = _MODES.intersection(parameters.rstrip("]").split("-"))
        return f"ficha {mode.pop()}" if mode else name.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFicha:
    return ByFicha(config, log)
