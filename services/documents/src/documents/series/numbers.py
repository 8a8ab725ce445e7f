"""How a series writes its numbers, and whether two could ever write the same. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import digits

MOST_DIGITS = 10
"""A counter's."""

_PIECES = re.compile(r"\[Y+\]|%+|.")
_YEARS = (["1", "9", "9", digits], ["2", "01", digits, digits])
"""Those a document may be of: 1990 to 2199."""
_FORMAT = re.compile(
    r"[A-Za-z0-9/_.\- ]*(\[YY(?:YY)?\])?[A-Za-z0-9/_.\- ]*%{1,10}[A-Za-z0-9/_.\- ]*(\[YY(?:YY)?\])?[A-Za-z0-9/_.\- ]*"
)


def check_format(series_format: str) -> None:
    """Raises ValueError for what would not give a number."""
    found = _FORMAT.fullmatch(series_format)
    if not found or (found[1] and found[2]):
        raise ValueError("write the number as one % per digit and the year at most once as [YY] or [YYYY]: F[YY]%%%%")


def counting_year(series_format: str, year: int) -> int:
    """Numbers start anew every year only where they show the year; else they go on, under year 0."""
    return year if "[YY" in series_format else 0


def write_number(series_format: str, year: int, number: int) -> str:
    """More digits than the format has are written all the same."""
    written = series_format.replace("[YYYY]", f"{year:04}").replace("[YY]", f"{year % 100:02}")
    return re.sub(r"%+", lambda run: f"{number:0{len(run[0])}}", written)


def overlap(one: str, other: str, *, longest: int = MOST_DIGITS) -> bool:
    """Whether any number of one format, of any year, is also one of the other: `F%%%%` counts up to `F26001` at last.

    `longest`: digits a number may grow to, beyond those that a format has.
    """
    return any(_meet(mine, theirs) for mine in _shapes(one, longest) for theirs in _shapes(other, longest))


@dataclass(frozen=True, slots=True)
class _Shape:
    """Numbers of one length: which characters may stand at each place, any with any, but for a number of zeros only."""

    places: list[str]
    number: range


def _shapes(series_format: str, longest: int) -> Iterator[_Shape]:
    """All there are: a shape for each count of digits and each beginning of a year."""
    width = series_format.count("%")
    for year in _YEARS if "[YYYY]" in series_format else ([digits, digits],):
        for length in range(width, max(width, longest) + 1):
            # What outgrew its format is not padded any more.
            number = [digits] * length if length == width else [digits[1:], *[digits] * (length - 1)]
            places: list[str] = []
            counted = range(0)
            for piece in _PIECES.findall(series_format):
                if piece.startswith("%"):
                    counted = range(len(places), len(places) + length)
                    places += number
                else:
                    places += year if piece.startswith("[") else [piece]
            yield _Shape(places, counted)


def _meet(one: _Shape, other: _Shape) -> bool:
    """Nothing ties one place to another but that no number is zero: so wherever another digit may stand, one does."""
    if len(one.places) != len(other.places):
        return False
    common = [set(mine) & set(theirs) for mine, theirs in zip(one.places, other.places, strict=True)]
    return all(common) and all(any(common[place] != {"0"} for place in shape.number) for shape in (one, other))
