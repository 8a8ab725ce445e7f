"""A range of dates as whole months and the days at its edges. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Grain = Literal["month", "day"]


@dataclass(frozen=True, slots=True)
class Span:
    """Every total of this grain that starts between the two dates, both within."""

    grain: Grain
    first: date
    last: date


def spans_between(first: date | None, last: date | None) -> list[Span]:
    """Open ends reach as far as there is. Empty when the range ends before it starts."""
    first, last = first or date.min, last or date.max
    if last < first:
        return []
    inner_first = first if first.day == 1 else _next_month(first)
    inner_last = last.replace(day=1) if last < date.max else last
    ends_whole = last == date.max or _next_month(last) == last + timedelta(days=1)
    if not ends_whole:
        inner_last = _month_before(last)
    if inner_first > inner_last:
        return [Span("day", first, last)]
    spans = [Span("month", inner_first, inner_last)]
    if first < inner_first:
        spans.append(Span("day", first, inner_first - timedelta(days=1)))
    if not ends_whole:
        spans.append(Span("day", last.replace(day=1), last))
    return spans


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _month_before(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)
