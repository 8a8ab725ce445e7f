"""The user that PostgreSQL runs as when root starts it."""

import os
import pwd
import subprocess

import pytest

from local import distribution
from local.distribution import environment
from local.postgres import PostgresFailed, _system_user

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="Only root needs a user for PostgreSQL.")

_NAME = "ficha_tests"


def test_the_user_is_made_after_a_plain_su_too_and_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    try:
        made = _system_user(_NAME)
        assert made == pwd.getpwnam(_NAME) == _system_user(_NAME)
        assert made.pw_uid != 0
    finally:
        subprocess.run(["userdel", _NAME], env=environment(), check=True, capture_output=True)


def test_without_useradd_a_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distribution, "_ADMINISTRATORS", ())
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PostgresFailed, match=r"useradd.*is not here.*apt-get install passwd"):
        _system_user(_NAME)


def test_what_useradd_refuses_is_told() -> None:
    with pytest.raises(PostgresFailed, match=r"useradd said: .*not a valid name"):
        _system_user("not a valid name")
