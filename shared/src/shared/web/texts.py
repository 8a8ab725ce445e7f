"""What people write, without what nobody sees: characters that hide, reverse or break a line."""

import re
import unicodedata
from typing import Any

_BREAKS = re.compile(r"\s*[\t\n\v\f\r\x85\u2028\u2029]+\s*")
_TAKEN = frozenset("\t\n\v\f\r\x85")
_JOINERS = frozenset("\u200c\u200d")
"""They shape what stands beside them: Persian words, families of emoji."""
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs by their category, with nothing to be seen."""


def one_line(value: Any) -> Any:
    """A text as one line: line breaks are blanks, what is invisible goes; "" where nothing can be seen.

    Raises ValueError for control characters: PostgreSQL cannot store NUL, and the others have no business in a name.
    """
    if not isinstance(value, str):
        return value
    _demand_no_controls(value)
    line = "".join(c for c in _BREAKS.sub(" ", value) if not _is_hidden(c)).strip()
    return "" if is_empty(line) else line


def several_lines(value: Any) -> Any:
    """A text as it is, "" where nothing can be seen. Raises ValueError for control characters."""
    if not isinstance(value, str):
        return value
    _demand_no_controls(value)
    return "" if is_empty(value) else value


def is_empty(value: Any) -> bool:
    """Whether it is a text with nothing to be seen in it."""
    return isinstance(value, str) and not any(
        unicodedata.category(c) not in ("Cc", "Cf", "Cn", "Mn", "Me", "Zl", "Zp", "Zs") and c not in _BLANK
        for c in value
    )


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) == "Cf" and character not in _JOINERS


def _demand_no_controls(value: str) -> None:
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in _TAKEN for c in value):
        raise ValueError("control characters are not allowed")
