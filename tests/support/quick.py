"""`pytest --quick`: only what needs no server, browser or process of its own. For the loop of a day's work."""

import pytest

_SERVERS = {"postgres", "rabbitmq", "s3", "ficha", "stack", "playwright"}
"""Fixtures that start what takes a while to start."""
_SLOW = (
    "tests/chaos/test_chaos.py",
    "tests/contracts/",
    "tests/deploy/",
    "tests/documents/test_letters.py",
    "tests/documents/test_press.py",
    "tests/e2e/",
    "tests/gateway/test_logos.py",
    "tests/local/",
    "tests/shared/db/",
    "tests/shared/test_tracing.py",
    "tests/web/test_api_types.py",
)
"""Tests that start processes, or draw, for seconds without any of these."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="only what needs no server, browser or process of its own")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--quick"):
        return
    config.hook.pytest_deselected(items=[item for item in items if _is_slow(item)])
    items[:] = [item for item in items if not _is_slow(item)]


def _is_slow(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(fixtures & _SERVERS) or item.nodeid.startswith(_SLOW)
