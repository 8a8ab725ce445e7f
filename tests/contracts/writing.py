"""Events as any owner may write them: strategies made from the classes, so that the real writer is what is tested."""

import types
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import orjson
from hypothesis import strategies as st
from pydantic import AwareDatetime

from shared.events.base import Event, PlainDecimal, State

_ZONES: Final = [UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-3, minutes=-30))]
_MOMENTS: Final = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.sampled_from(_ZONES))  # noqa: DTZ001 - the strategy adds the zone
_TEXT: Final = st.text(st.characters(codec="utf-8"), max_size=10)
_DECIMALS: Final = st.one_of(
    st.decimals(-(10**12), 10**12, places=2),
    st.sampled_from([Decimal(text) for text in ("1E+3", "0E-9", "1E-8", "-0", "0.000001")]),
)
_PLAIN: Final[dict[object, st.SearchStrategy[Any]]] = {
    str: _TEXT,
    UUID: st.uuids(),
    bool: st.booleans(),
    int: st.integers(-(2**53), 2**53),
    float: st.floats(allow_nan=False, allow_infinity=False),
    PlainDecimal: _DECIMALS,
    AwareDatetime: _MOMENTS,
    date: st.dates(),
}


@cache
def events_of(event_class: type[Event[Any]]) -> st.SearchStrategy[Event[Any]]:
    return st.builds(
        event_class,
        id=st.uuids(),
        occurred_at=_MOMENTS,
        org_id=st.uuids(),
        subject=st.uuids(),
        version=st.integers(1, 2**31 - 1),
        data=values_of(event_class.model_fields["data"].annotation),
        changed=st.lists(_TEXT, max_size=3).map(tuple),
        actor=_TEXT,
        correlation_id=_TEXT,
        causation_id=_TEXT,
        traceparent=_TEXT,
    )


def envelopes_of(event_class: type[Event[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """What goes over the wire."""
    return events_of(event_class).map(lambda event: orjson.loads(event.to_bytes()))


def values_of(annotation: Any) -> st.SearchStrategy[Any]:
    """Raises TypeError for what may not be in an event: a bare Decimal or datetime, or a type nobody has used yet."""
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return values_of(arguments[0])
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (Union, types.UnionType):
        return st.one_of(*(st.none() if option is type(None) else values_of(option) for option in arguments))
    if origin is list:
        return st.lists(values_of(arguments[0]), max_size=2)
    if isinstance(annotation, type) and issubclass(annotation, State):
        hints = get_type_hints(annotation, include_extras=True)
        # Also those that have a default: builds() alone would leave them at it.
        return st.builds(annotation, **{name: values_of(hints[name]) for name in annotation.model_fields})
    raise TypeError(f"{annotation} may not be in an event")
