"""Tests that share a whole Ficha stay together when the run is spread over processes: it takes minutes to start."""

import pytest


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "ficha" in fixtures:
            item.add_marker(pytest.mark.xdist_group(f"ficha-{item.callspec.params['ficha']}"))  # type: ignore[attr-defined]
        elif "stack" in fixtures:
            item.add_marker(pytest.mark.xdist_group("stack"))
