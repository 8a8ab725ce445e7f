"""How fast something may be asked that changes nothing."""

import time

import pytest

from shared.passwords import pace
from shared.passwords.pace import Pace


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the clock says, to be moved on."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_so_many_at_once_then_one_at_a_time(moment: list[float]) -> None:
    asked = Pace(most=3, each=2)
    assert [asked.take("a") for _ in range(5)] == [True] * 3 + [False] * 2
    assert asked.take("b")
    moment[0] += 2
    assert [asked.take("a") for _ in range(2)] == [True, False]
    moment[0] += 100
    assert [asked.take("a") for _ in range(4)] == [True] * 3 + [False]


def test_who_was_not_heard_of_for_longest_is_forgotten(moment: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "_MOST_KNOWN", 2)
    asked = Pace(most=1, each=60)
    assert [asked.take(key) for key in ("a", "b", "a", "c", "a", "b")] == [True, True, False, True, False, True]
