"""What Hypothesis draws, for tests that are asynchronous."""

from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

T = TypeVar("T")

LETTERS = st.sampled_from("aábcñNçßłŁøæœđþıİÉÜ·lĿ'’ʼ`´-–_/&.,%+|~\\*?ﬁＡ１²ªº№αΣςЖёא字한ﾊ🍕❤️👩🏽\u0301 ")
NAMES = st.text(LETTERS, min_size=1, max_size=25).map(str.strip).filter(bool)
"""Names such as people have, and signs that have been lost on the way to an index."""


def drawn(strategy: st.SearchStrategy[T], count: int) -> list[T]:
    """Always the same ones."""
    found: list[T] = []

    @given(strategy)
    @settings(
        max_examples=count, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    def draw(value: T) -> None:
        found.append(value)

    draw()
    return found[:count]
