"""What is written keeps every promise made within its major version, and what was written can still be read."""

from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

import jsonschema_rs
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events.base import Event
from shared.events.contract import published_events, schema_of
from tests.contracts.breaking import breaks, closed
from tests.contracts.committed import FOLDER, outdated, refused, revisions
from tests.contracts.writing import events_of, values_of

EVENTS = published_events()
Validator = jsonschema_rs.Draft202012Validator
every_event = pytest.mark.parametrize("event_class", EVENTS, ids=lambda event_class: event_class.name)


@cache
def promises(name: str) -> list[Validator]:
    return [Validator(schema, validate_formats=True) for schema in revisions(name)]


@cache
def nothing_else(event_class: type[Event[Any]]) -> Validator:
    return Validator(closed(schema_of(event_class)), validate_formats=True)


def test_what_is_committed_is_what_the_classes_say() -> None:
    broken = refused(EVENTS)
    assert broken == [], "the event classes break their contract; `make contract` says what to do"
    stale = [str(path.relative_to(FOLDER)) for path in outdated(EVENTS)]
    assert stale == [], "run `make contract` and commit what it writes"


@every_event
def test_no_revision_breaks_an_older_one(event_class: type[Event[Any]]) -> None:
    known = revisions(event_class.name)
    assert known
    for number, newer in enumerate(known):
        assert [breaks(older, newer) for older in known[:number]] == [[]] * number


@every_event
@settings(max_examples=30)
@given(data=st.data())
def test_what_is_written_keeps_every_promise_and_reads_back(event_class: type[Event[Any]], data: st.DataObject) -> None:
    event = data.draw(events_of(event_class))
    envelope = orjson.loads(event.to_bytes())
    for promise in promises(event_class.name):
        promise.validate(envelope)
    nothing_else(event_class).validate(envelope)
    assert event_class.from_envelope(envelope) == event


@pytest.mark.parametrize("kind", [Decimal, Decimal | None, datetime, list[datetime], dict[str, str]])
def test_what_not_everyone_reads_alike_may_not_be_in_an_event(kind: Any) -> None:
    """`1E+2` is no number to some, and a time without its zone is another moment to everyone."""
    with pytest.raises(TypeError, match="may not be in an event"):
        values_of(kind)


@every_event
def test_what_any_revision_wrote_can_still_be_read(event_class: type[Event[Any]]) -> None:
    for revision in revisions(event_class.name):
        assert revision["examples"]
        for envelope in revision["examples"]:
            read = event_class.from_envelope(envelope)
            assert str(read.subject) == envelope["subject"]
            assert event_class.from_envelope(with_surprises(envelope)) == read


def with_surprises(node: Any) -> Any:
    """The envelope with a field that nobody knows in each of its objects."""
    if isinstance(node, list):
        return [with_surprises(item) for item in node]
    if isinstance(node, dict):
        return {name: with_surprises(value) for name, value in node.items()} | {"surprise": {"of": "a later revision"}}
    return node


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("time",), "yesterday"),
        (("time",), "2026-11-24T09:30:00"),
        (("id",), "1"),
        (("data", "issue_date"), "24/11/2026"),
        (("data", "total"), "1E+2"),
        (("aggregateversion",), 0),
    ],
)
def test_formats_are_really_checked(path: tuple[str, ...], value: object) -> None:
    """A validator that knows no formats would let everything through, and say so nowhere."""
    [promise, *_] = promises("ficha.documents.document.approved.v1")
    envelope: Any = revisions("ficha.documents.document.approved.v1")[0]["examples"][0]
    promise.validate(envelope)
    *outer, last = path
    inner = envelope
    for name in outer:
        inner = inner[name]
    inner[last] = value
    assert not promise.is_valid(envelope)
