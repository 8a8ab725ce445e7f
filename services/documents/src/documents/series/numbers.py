"""How a series writes its numbers. Pure."""

import re

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
    return re.sub(r"%+", lambda digits: f"{number:0{len(digits[0])}}", written)
