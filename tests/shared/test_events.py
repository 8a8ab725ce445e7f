"""The envelope: what goes out comes back, and nothing larger than it may be."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.events.base import MAX_BYTES, REGISTRY, Event, State
from shared.identifiers import new_id
from tests.support.probe import ThingChanged, ThingState

TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=50)


def event(**changes: Any) -> ThingChanged:
    subject = new_id()
    values: dict[str, Any] = {
        "id": new_id(),
        "occurred_at": datetime.now(UTC),
        "org_id": new_id(),
        "subject": subject,
        "version": 1,
        "data": ThingState(id=subject),
    }
    return ThingChanged(**(values | changes))


@given(
    name=TEXT,
    actor=TEXT,
    correlation=TEXT,
    version=st.integers(1, 2**31),
    changed=st.lists(TEXT, max_size=3),
    occurred=st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001 - the strategy adds the zone
    hours=st.integers(-12, 12),
)
def test_an_event_comes_back_as_it_went(
    name: str, actor: str, correlation: str, version: int, changed: list[str], occurred: datetime, hours: int
) -> None:
    sent = event(
        data=ThingState(id=new_id(), name=name),
        actor=actor,
        correlation_id=correlation,
        version=version,
        changed=tuple(changed),
        occurred_at=occurred.replace(tzinfo=timezone(timedelta(hours=hours))),
    )
    assert ThingChanged.from_envelope(orjson.loads(sent.to_bytes())) == sent


def test_the_envelope_is_cloudevents() -> None:
    sent = event(causation_id="c", traceparent="t", actor="user:1", changed=("name",))
    envelope = orjson.loads(sent.to_bytes())
    assert envelope == {
        "specversion": "1.0",
        "id": str(sent.id),
        "type": "ficha.probe.thing.changed.v1",
        "source": "/services/probe",
        "subject": str(sent.subject),
        "time": sent.occurred_at.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "orgid": str(sent.org_id),
        "aggregateversion": 1,
        "actor": "user:1",
        "causationid": "c",
        "traceparent": "t",
        "data": {"id": str(sent.data.id), "name": "thing", "deleted": False, "changed": ["name"]},
    }
    # CloudEvents: attribute names are lower-case letters and digits; none but `data` is structured.
    assert all(name.isalnum() and name.islower() for name in envelope)
    assert all(isinstance(value, str | int) for name, value in envelope.items() if name != "data")


def test_fields_that_an_owner_adds_do_not_break_older_listeners() -> None:
    envelope = orjson.loads(event().to_bytes())
    envelope["data"]["colour"] = "red"
    envelope["newextension"] = "x"
    assert ThingChanged.from_envelope(envelope).data.name == "thing"


@pytest.mark.parametrize("missing", ["id", "time", "orgid", "subject", "aggregateversion", "data"])
def test_an_envelope_without_what_matters_is_refused(missing: str) -> None:
    envelope = orjson.loads(event().to_bytes())
    del envelope[missing]
    with pytest.raises(ValidationError):
        ThingChanged.from_envelope(envelope)


def test_64_kib_fit_and_one_byte_more_does_not() -> None:
    fixed = {"id": UUID(int=1), "org_id": UUID(int=2), "occurred_at": datetime(2026, 1, 1, tzinfo=UTC)}
    room = MAX_BYTES - len(event(**fixed, data=ThingState(id=UUID(int=3), name="")).to_bytes())
    assert len(event(**fixed, data=ThingState(id=UUID(int=3), name="x" * room)).to_bytes()) == MAX_BYTES
    for name in ("x" * (room + 1), "ñ" * (room // 2 + 1)):  # bytes count, not letters
        with pytest.raises(ValueError, match="at most 65536"):
            event(**fixed, data=ThingState(id=UUID(int=3), name=name)).to_bytes()


def test_two_classes_cannot_share_a_wire_name() -> None:
    with pytest.raises(TypeError, match="share the wire name"):
        type("Impostor", (Event[ThingState],), {"name": ThingChanged.name})
    assert REGISTRY[ThingChanged.name] is ThingChanged


def test_states_are_frozen() -> None:
    class Small(State):
        id: int

    with pytest.raises(ValidationError):
        Small(id=1).id = 2  # type: ignore[misc]
