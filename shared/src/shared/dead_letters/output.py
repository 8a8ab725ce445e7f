"""How commands answer: aligned for people, a JSON object a line for programs, complaints on stderr."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TextIO


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]], out: TextIO) -> None:
    """On a terminal no line is longer than it is wide: the last column only explains."""
    lines = [headings, *([harmless(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings) - 1)]
    most = shutil.get_terminal_size().columns if out.isatty() else None
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line[:-1], widths, strict=True)]
        print("  ".join([*cells, line[-1]])[:most].rstrip(), file=out)


def print_facts(facts: Mapping[str, str], out: TextIO) -> None:
    """Print a line for each, names aligned."""
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        print(f"{harmless(name).ljust(width)}  {harmless(value)}", file=out)


def complain(text: str) -> None:
    """Print one line to stderr."""
    sys.stderr.write(f"{harmless(text.strip())}\n")


def harmless(text: str) -> str:
    """Others wrote it: nothing in it may steer the operator's terminal, or break the line."""
    return "".join(character if character.isprintable() else " " for character in text)


def when(moment: datetime) -> str:
    """Returns the moment in UTC to the second, as `2026-12-31 23:59:59Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
