"""Two events of each class, made up: one with everything in it, one with only what must be. The same at every run."""

import types
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID
from zlib import crc32

import orjson
from pydantic import AwareDatetime

from shared.events.base import Event, State

_MOMENT: Final = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
_FIRST_ID: Final = 0x019AB4D0_5F40_7000_8000_000000000000
_USER: Final = "user:019ab4d0-5f40-7000-8000-00008d93d649"
_TEXTS: Final[Mapping[str, str]] = {
    "author": _USER,
    "bic": "CAIXESBBXXX",
    "category": "Coffee",
    "city": "Madrid",
    "color": "#3556b7",
    "contact_name": "Café Central, S.L.",
    "country": "ES",
    "currency": "EUR",
    "description": "Roasted, 1 kg",
    "email": "ana@example.com",
    "emails": "ana@example.com",
    "error": "550 No such mailbox",
    "iban": "ES9121000418450200051332",
    "irpf": "irpf_15",
    "job_title": "Head of purchasing",
    "language": "es",
    "logo": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "lost_reason": "Too expensive",
    "media_type": "application/pdf",
    "message": "Please find our invoice attached.",
    "method": "transfer",
    "name": "Café Central, S.L.",
    "notes": "Please deliver before ten",
    "number": "F-2026-0042",
    "organization_name": "Northwind Traders",
    "owner": _USER,
    "payment_method": "transfer",
    "payment_methods": "transfer",
    "phone": "+34915550100",
    "phones": "+34915550100",
    "postal_code": "28013",
    "province": "Madrid",
    "reason": "The price is too high",
    "reply_to": "office@example.com",
    "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "sku": "COF-1000",
    "slug": "northwind",
    "street": "Calle Mayor 1",
    "subject": "Invoice F-2026-0042",
    "supplier_number": "2026/1187",
    "tags": "wholesale",
    "tax_id": "B12345674",
    "taxes": "iva_21",
    "title": "Yearly contract",
    "trade_name": "Café Central",
    "vat_number": "ESB12345674",
    "website": "https://www.example.com",
}
"""By the name of the field, or of the list that it is in. A text that is not here reads as its field's name."""
_DECIMALS: Final[Mapping[str, str]] = {
    "discount_pct": "10",
    "quantity": "2",
    "subtotal": "100.00",
    "tax_total": "21.00",
    "paid_total": "0.00",
}
_TOTAL: Final = "121.00"
_ENDS: Final = ("deleted", "unlinked")


def examples_of(event_class: type[Event[Any]]) -> list[dict[str, Any]]:
    """Envelopes as they are written."""
    return [orjson.loads(_event(event_class, full).to_bytes()) for full in (True, False)]


def _event(event_class: type[Event[Any]], full: bool) -> Event[Any]:
    state = _state(event_class.model_fields["data"].annotation, full)
    if "deleted" in type(state).model_fields:
        state = state.model_copy(update={"deleted": event_class.name.split(".")[3] in _ENDS})
    event = event_class(
        id=_id("event"),
        occurred_at=_MOMENT,
        org_id=_id("organization"),
        subject=getattr(state, "id", _id("contact_id")),
        version=7 if full else 1,
        data=state,
    )
    if not full:
        return event
    return event.model_copy(
        update={
            "changed": tuple(type(state).model_fields)[1:3],
            "actor": _USER,
            "correlation_id": str(_id("request")),
            "causation_id": str(_id("cause")),
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        }
    )


def _state(state_class: Any, full: bool) -> State:
    hints = get_type_hints(state_class, include_extras=True)
    values = {name: _value(hints[name], name, full) for name in state_class.model_fields}
    found = state_class.model_validate(values)
    assert isinstance(found, State)
    return found


def _value(annotation: Any, name: str, full: bool) -> object:
    """Raises TypeError for a type that nobody has used in an event yet: say below what it looks like."""
    match get_origin(annotation), get_args(annotation):
        case (origin, (inner, *_)) if origin is Annotated:
            return _value(inner, name, full)
        case (origin, options) if origin in (Union, types.UnionType):
            return _value(options[0], name, full) if full or type(None) not in options else None
        case (origin, (value, *_)) if origin is Literal:
            return value
        case (origin, (item, *_)) if origin is list:
            return [_value(item, name, full)] if full else []
    if isinstance(annotation, type) and issubclass(annotation, State):
        return _state(annotation, full)
    plain: dict[object, object] = {
        str: _TEXTS.get(name, name.replace("_", " ")),
        UUID: _id(name),
        bool: full,
        int: 30 if full else 0,
        float: 2.5 if full else 0.0,
        Decimal: Decimal(_DECIMALS.get(name, _TOTAL)),
        AwareDatetime: _MOMENT,
        date: date(2026, 11, 24),
    }
    if annotation not in plain:
        raise TypeError(f"no example for a field of type {annotation}: {name}")
    return plain[annotation]


def _id(name: str) -> UUID:
    """Shaped like a UUIDv7."""
    return UUID(int=_FIRST_ID + crc32(name.encode()))
