"""The checker itself: each way to break a reader is reported, and nothing else is."""

from datetime import date
from itertools import product
from pathlib import Path
from typing import Any, Final, Literal
from uuid import UUID

import jsonschema_rs
import pytest
from hypothesis import Phase, find, given, settings
from pydantic import AwareDatetime, create_model

from shared.events.base import Event, PlainDecimal, State
from shared.events.contract import schema_of
from tests.contracts.breaking import breaks
from tests.contracts.committed import outdated, refused, revisions, write
from tests.contracts.writing import envelopes_of


class Line(State):
    product_id: UUID
    quantity: PlainDecimal


class RenamedLine(State):
    article_id: UUID
    quantity: PlainDecimal


class LongerLine(Line):
    unit: str | None = None


CARD: Final[dict[str, Any]] = {
    "id": (UUID, ...),
    "owner_id": (UUID, ...),
    "name": (str, ...),
    "colour": (Literal["red", "green"], ...),
    "note": (str | None, None),
    "size": (int, ...),
    "total": (PlainDecimal, ...),
    "day": (date, ...),
    "seen_at": (AwareDatetime, ...),
    "tags": (list[str], []),
    "line": (Line | None, None),
    "lines": (list[Line], []),
}


def card(without: str = "", **fields: Any) -> type[Event[Any]]:
    """One event, `ficha.probe.card.changed.v1`, its state as CARD says but for `fields`."""
    return changed({name: field for name, field in (CARD | fields).items() if name != without})


def changed(fields: dict[str, Any]) -> type[Event[Any]]:
    state = create_model("CardState", __base__=State, **fields)
    return type("CardChanged", (Event[state],), {"name": "ficha.probe.card.changed.v1"})


BREAKING: Final[dict[str, tuple[type[Event[Any]], str]]] = {
    "renamed": (card(without="name", title=(str, ...)), "data.name: missing"),
    "an optional one gone": (card(without="note"), "data.note: missing"),
    "a list gone": (card(without="tags"), "data.tags: missing"),
    "another type": (card(size=(str, ...)), "data.size: string, not integer"),
    "one instead of many": (card(tags=(str, "")), "data.tags: string, not array"),
    "whole numbers no more": (card(size=(float, ...)), "data.size: number, not integer"),
    "required, now optional": (card(name=(str | None, None)), "data.name: null, not string"),
    "one more value": (
        card(colour=(Literal["red", "green", "blue"], ...)),
        "data.colour: may be 'blue'",
    ),
    "any value": (card(colour=(str, ...)), "data.colour: may be anything, not only 'red', 'green'"),
    "any text for an id": (card(owner_id=(str, ...)), "data.owner_id: format none, not uuid"),
    "any text for a decimal": (card(total=(str, ...)), "data.total: pattern none, not "),
    "a time for a day": (card(day=(AwareDatetime, ...)), "data.day: format date-time, not date"),
    "renamed in an object": (card(line=(RenamedLine | None, None)), "data.line.product_id: missing"),
    "renamed in a list": (card(lines=(list[RenamedLine], [])), "data.lines[].product_id: missing"),
    "nothing in a list": (card(tags=(list[str | None], [])), "data.tags[]: null, not string"),
}
ADDITIVE: Final[dict[str, type[Event[Any]]]] = {
    "nothing": card(),
    "one more": card(colour_name=(str | None, None)),
    "one more object": card(main_line=(Line | None, None)),
    "one more in an object": card(line=(LongerLine | None, None)),
    "one more in a list": card(lines=(list[LongerLine], [])),
    "another default": card(tags=(list[str], ["new"])),
}
UNREADABLE: Final[dict[str, tuple[type[Event[Any]], str]]] = {
    "one more that must be there": (card(colour_name=(str, ...)), "data.colour_name: missing"),
    "one value less": (card(colour=(Literal["red"], ...)), "data.colour: may be 'green'"),
    "always there": (card(note=(str, ...)), "data.note: null, not string"),
}
"""No trouble for older listeners, but events of the first revision cannot be read any more."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the first revision of the card is committed."""
    write(outdated([card()], tmp_path))
    return tmp_path


@pytest.mark.parametrize("case", BREAKING)
def test_what_breaks_listeners_is_refused(folder: Path, case: str) -> None:
    newer, finding = BREAKING[case]
    found = [text for text in refused([newer], folder) if "cannot read" not in text]
    assert len(found) == 1
    assert found[0].startswith(f"ficha.probe.card.changed.v1, revision 1: event.{finding}")


@pytest.mark.parametrize("case", BREAKING)
def test_writing_at_random_shows_it_too(case: str) -> None:
    """Two ways to find the same: what is written, and what the schemas say."""
    promise = jsonschema_rs.Draft202012Validator(schema_of(card()), validate_formats=True)
    found = find(
        envelopes_of(BREAKING[case][0]),
        lambda envelope: not promise.is_valid(envelope),
        settings=settings(phases=[Phase.generate]),
    )
    assert not promise.is_valid(found)


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_leaves_older_events_unreadable_is_refused(folder: Path, case: str) -> None:
    newer, finding = UNREADABLE[case]
    expected = f"ficha.probe.card.changed.v1: cannot read revision 1: event.{finding}"
    assert refused([newer], folder) == [expected]


@pytest.mark.parametrize("case", ADDITIVE)
def test_what_only_adds_is_let_through(folder: Path, case: str) -> None:
    assert refused([ADDITIVE[case]], folder) == []


def test_a_new_meaning_is_a_new_revision_and_the_old_one_stays(folder: Path) -> None:
    name = card().name
    [first] = revisions(name, folder)
    longer = ADDITIVE["one more"]
    write(outdated([longer], folder))
    assert revisions(name, folder) == [first, schema_of(longer)]
    assert outdated([longer], folder) == {}
    # What only adds to the second may still break the first.
    assert breaks(first, schema_of(card())) == []
    assert refused([card()], folder) == [f"{name}, revision 2: event.data.colour_name: missing"]


def test_other_words_for_the_same_are_no_new_revision(folder: Path) -> None:
    reworded = card()
    reworded.__doc__ = "It has changed."
    write(outdated([reworded], folder))
    [only] = revisions(reworded.name, folder)
    assert only["description"] == "It has changed."


def test_an_event_that_nobody_writes_any_more_is_missed(folder: Path) -> None:
    assert refused([], folder) == ["ficha.probe.card.changed.v1: no class writes it any more"]


def test_a_revision_taken_out_of_the_middle_is_missed(folder: Path) -> None:
    write(outdated([ADDITIVE["one more"]], folder))
    (folder / "schemas" / card().name / "1.json").unlink()
    with pytest.raises(ValueError, match=r"revisions \[2\]"):
        revisions(card().name, folder)


OBJECT: Final = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ({"type": "string", "minLength": 1}, {"type": "string"}, "minLength none, not 1"),
        ({"type": "string", "maxLength": 5}, {"type": "string", "maxLength": 6}, "maxLength 6, not 5"),
        ({"type": "integer", "minimum": 1}, {"type": "integer", "minimum": 0}, "minimum 0, not 1"),
        ({"type": "array", "maxItems": 1}, {"type": "array"}, "maxItems none, not 1"),
        (OBJECT, {**OBJECT, "required": []}, "may be missing"),
        (OBJECT, {"type": "object", "required": ["a"]}, "missing"),
        ({**OBJECT, "required": []}, {"type": "object"}, "missing"),
        ({**OBJECT, "additionalProperties": False}, OBJECT, "may be there"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, {"type": "object"}, "anything, not string"),
        ({"const": 1}, {"const": 2}, "may be 2"),
        ({"type": "string"}, {}, "anything, not string"),
        ({"type": "string"}, {"type": ["string", "null"]}, "null, not string"),
        # What it does not know it does not wave through.
        ({"oneOf": [{"type": "string"}]}, {"type": "string"}, "cannot judge oneOf"),
        ({"type": "string"}, {"type": "string", "not": {"const": "a"}}, "cannot judge not"),
        ({"anyOf": [{"type": "string"}], "maxLength": 1}, {"type": "string"}, "cannot judge anyOf"),
    ],
)
def test_schemas_that_no_class_makes_today_are_judged_too(
    old: dict[str, Any], new: dict[str, Any], finding: str
) -> None:
    [found] = breaks(old, new)
    assert found.endswith(finding)
    assert breaks(old, old) == [] or finding.startswith("cannot judge")


KINDS: Final = (
    *(str, str | None, Literal["a"], Literal["a", "b"], Literal["a"] | None, Literal[1]),
    *(int, int | None, float, bool, UUID, UUID | None, date, AwareDatetime, PlainDecimal, PlainDecimal | None),
    *(list[str], list[str | None], list[Literal["a"]], list[UUID], list[str] | None),
    *(Line, LongerLine, RenamedLine, Line | None, LongerLine | None, list[Line], list[LongerLine], list[Line | None]),
    *(int | str, UUID | date, date | AwareDatetime | None),
)


def test_the_checker_says_what_the_written_values_say() -> None:
    """Every kind of field against every other: it finds something exactly where something written is refused."""
    schemas = [schema_of(changed({"probe": (kind, ...)})) for kind in KINDS]
    samples = [_sampled(kind) for kind in KINDS]
    promises = [jsonschema_rs.Draft202012Validator(schema, validate_formats=True) for schema in schemas]
    disagreements = [
        (KINDS[old], KINDS[new])
        for old, new in product(range(len(KINDS)), repeat=2)
        if (breaks(schemas[old], schemas[new]) == []) != all(promises[old].is_valid(sample) for sample in samples[new])
    ]
    assert disagreements == []


def _sampled(kind: Any) -> list[dict[str, Any]]:
    """Enough of what is written that the peculiarities of every kind show; the same at every run."""
    found: list[dict[str, Any]] = []

    @settings(max_examples=50, derandomize=True, database=None)
    @given(envelopes_of(changed({"probe": (kind, ...)})))
    def collect(envelope: dict[str, Any]) -> None:
        found.append(envelope)

    collect()
    return found
