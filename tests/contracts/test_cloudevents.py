"""Our envelopes are CloudEvents: by the specification's own schema, and as its own SDK reads them."""

from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest
from cloudevents.core.bindings.rabbitmq import RabbitMQMessage, from_rabbitmq_event
from hypothesis import given
from hypothesis import strategies as st

from shared.events.base import CONTENT_TYPE, Event
from shared.events.contract import published_events
from shared.events.examples import examples_of
from shared.events.files import FileUploaded
from tests.contracts.writing import events_of

SPECIFICATION = Path(__file__).parent / "specifications" / "cloudevents-1.0.json"
any_event = st.sampled_from(published_events()).flatmap(events_of)


@pytest.fixture(scope="module")
def specification() -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator(orjson.loads(SPECIFICATION.read_bytes()), validate_formats=True)


@given(event=any_event)
def test_the_specification_takes_every_event(specification: jsonschema_rs.Draft7Validator, event: Event[Any]) -> None:
    specification.validate(orjson.loads(event.to_bytes()))


@pytest.mark.parametrize("change", [{"id": ""}, {"source": None}, {"time": "now"}, {"type": 1}, {"subject": ""}])
def test_the_specification_refuses_what_is_not_one(
    specification: jsonschema_rs.Draft7Validator, change: dict[str, object]
) -> None:
    [example, *_] = examples_of(FileUploaded)
    specification.validate(example)
    assert not specification.is_valid({**example, **change})


@given(event=any_event)
def test_its_sdk_reads_what_we_write(event: Event[Any]) -> None:
    read = from_rabbitmq_event(RabbitMQMessage(headers={}, content_type=CONTENT_TYPE, body=event.to_bytes()))
    written = orjson.loads(event.to_bytes())
    assert read.get_data() == written.pop("data")
    assert read.get_time() == event.occurred_at == datetime.fromisoformat(written.pop("time"))
    attributes = read.get_attributes()
    del attributes["time"]
    assert attributes == written
    assert read.get_extension("aggregateversion") == event.version
