"""What is taken from the distribution: how it is installed, and what is said where it cannot be."""

import fcntl
import os
import threading
from pathlib import Path

import pytest

from local import distribution
from local.distribution import NotInstalled, environment, find, find_or_install, no_services

needs_apt = pytest.mark.skipif(find("apt-get") is None, reason="Only Debian and its kin have apt-get.")


def test_what_is_there_is_found() -> None:
    assert find_or_install("sh", "dash", needed_for="This test").name == "sh"


def test_what_cannot_be_installed_is_named_with_the_way_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NotInstalled, match=r"Checking alerts needs promtool.*apt-get install prometheus"):
        find_or_install("promtool", "prometheus", needed_for="Checking alerts")


@pytest.mark.skipif(not Path("/usr/sbin/useradd").exists(), reason="This machine keeps useradd elsewhere.")
@pytest.mark.parametrize("path", ["/usr/local/bin:/usr/bin:/bin", "/bin", ""])
def test_administrators_programs_are_found_after_a_plain_su(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setenv("PATH", path)
    found = find("useradd")
    assert found
    assert found.name == "useradd"
    assert {"/usr/local/sbin", "/usr/sbin", "/sbin"} <= set(environment()["PATH"].split(os.pathsep))


def test_what_is_on_the_path_comes_before_what_administrators_have(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mine = tmp_path / "useradd"
    mine.write_text("#!/bin/sh\n")
    mine.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find("useradd") == mine


@pytest.fixture
def apt_lists(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """apt-get without a source, with a folder of lists of its own."""
    lists = tmp_path / "lists"
    (lists / "partial").mkdir(parents=True)
    settings = tmp_path / "apt.conf"
    settings.write_text(
        f'Dir::State::lists "{lists}"; Dir::Etc::sourcelist "/dev/null"; Dir::Etc::sourceparts "/dev/null";'
    )
    monkeypatch.setenv("APT_CONFIG", str(settings))
    return lists


@needs_apt
def test_another_apt_get_is_waited_for(apt_lists: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with (apt_lists / "lock").open("w") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        waiting = threading.Thread(target=distribution._apt_get, args=["update"], kwargs={"pause": 0.05})
        waiting.start()
        said = ""
        while "waiting for it" not in said:
            assert waiting.is_alive()
            said += capfd.readouterr().err
    waiting.join(30)
    assert not waiting.is_alive()
    assert "failed" not in capfd.readouterr().err


@needs_apt
def test_an_apt_get_that_is_busy_for_ever_is_told(apt_lists: Path) -> None:
    with (apt_lists / "lock").open("w") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        with pytest.raises(NotInstalled, match="apt-get update failed"):
            distribution._apt_get("update", busy_seconds=0)


@needs_apt
def test_what_apt_get_refuses_is_told_at_once(apt_lists: Path) -> None:
    with pytest.raises(NotInstalled, match="apt-get install failed"):
        distribution._apt_get("install", "--simulate", "no-such-package-of-ficha")


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
