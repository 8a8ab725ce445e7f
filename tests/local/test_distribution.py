"""What is taken from the distribution: how it is installed, and what is said where it cannot be."""

from pathlib import Path

import pytest

from local.distribution import NotInstalled, find_or_install, no_services


def test_what_is_there_is_found() -> None:
    assert find_or_install("sh", "dash", needed_for="This test").name == "sh"


def test_what_cannot_be_installed_is_named_with_the_way_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NotInstalled, match=r"Checking alerts needs promtool.*apt-get install prometheus"):
        find_or_install("promtool", "prometheus", needed_for="Checking alerts")


def test_installing_forbids_services_and_puts_the_old_policy_back(tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"
    policy.write_text("mine")
    with no_services(policy):
        assert "exit 101" in policy.read_text()
        assert policy.stat().st_mode & 0o111
    assert policy.read_text() == "mine"
    policy.unlink()
    with no_services(policy):
        pass
    assert list(tmp_path.iterdir()) == []
