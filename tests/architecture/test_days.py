"""A day is the organisation's: nobody takes one from a moment but shared.clock, which asks for the time zone."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLOCK = ROOT / "shared/src/shared/clock.py"
SOURCES = sorted(path for where in ("services/*", "shared", "deploy/*") for path in ROOT.glob(f"{where}/src/**/*.py"))
IN_SQL = re.compile(r"current_date|localtimestamp|now\(\)\s*::\s*date", re.IGNORECASE)


def days_taken(source: str) -> list[str]:
    """What takes a day in UTC or in the machine's zone: `x.date()`, `date.today()`, `utc_now().year`, CURRENT_DATE."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr="date" | "today"), args=[]):
                found.append(ast.unparse(node))
            case ast.Attribute(value=ast.Call(func=ast.Name(id="utc_now")), attr="year" | "month" | "day"):
                found.append(ast.unparse(node))
            case ast.Constant(value=str(text)) if IN_SQL.search(text):
                found.append(text.strip())
    return found


def test_no_day_is_taken_from_a_moment_elsewhere() -> None:
    assert CLOCK in SOURCES
    taken = {str(path.relative_to(ROOT)): days_taken(path.read_text()) for path in SOURCES if path != CLOCK}
    assert {path: found for path, found in taken.items() if found} == {}


@pytest.mark.parametrize(
    "wrong",
    [
        "utc_now().date()",
        "document.approved_at.date()",
        "date.today()",
        "year = utc_now().year",
        "text('SELECT 1 WHERE due_date < CURRENT_DATE')",
        "text('SELECT now()::date')",
    ],
)
def test_what_takes_one_is_told(wrong: str) -> None:
    assert len(days_taken(wrong)) == 1


@pytest.mark.parametrize("right", ["day_in(zone)", "utc_now()", "given.date", "issue_date.year", "datetime.now(UTC)"])
def test_what_takes_none_is_let_be(right: str) -> None:
    assert days_taken(right) == []
