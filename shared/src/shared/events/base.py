"""What every event is: a CloudEvents 1.0 envelope around the full public state of one aggregate.

Declared here once and for all; the events themselves live in one file per owning service.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar
from uuid import NAMESPACE_OID, UUID, uuid5

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

CONTENT_TYPE = "application/cloudevents+json"
EVERYTHING = "#"
"""Stands for every wire name, as in a topic binding."""
MAX_BYTES = 64 * 1024

PlainDecimal = Annotated[
    Decimal,
    PlainSerializer(lambda value: f"{value:f}", return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}, mode="serialization"),
]
"""Exact, as a string of digits. A bare Decimal may be written `1E+2`, which not every reader takes for a hundred."""


class State(BaseModel):
    """Public state of an aggregate. Frozen; unknown fields are ignored, so that owners may add some."""

    model_config = ConfigDict(frozen=True, extra="ignore")


StateT = TypeVar("StateT", bound=State)


class Event(BaseModel, Generic[StateT]):
    """One fact. `version` grows by one with every change of the aggregate `subject`.

    A consumer's rule is one line: apply when `version` is newer than what it has.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: ClassVar[str] = ""
    """The wire name `ficha.<service>.<aggregate>.<past tense>.v<major>`: CloudEvents type and routing key."""

    id: UUID
    occurred_at: AwareDatetime
    org_id: UUID
    subject: UUID
    version: int = Field(ge=1)
    data: StateT
    changed: tuple[str, ...] = ()
    actor: str = "system"
    correlation_id: str = ""
    causation_id: str = ""
    traceparent: str = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        wire_name = cls.__dict__.get("name")
        if wire_name and wire_name != EVERYTHING:
            if REGISTRY.get(wire_name, cls).__qualname__ != cls.__qualname__:
                raise TypeError(f"two event classes share the wire name {wire_name}")
            REGISTRY[wire_name] = cls

    @classmethod
    def restated(cls, *, org_id: UUID, subject: UUID, version: int, as_of: datetime, data: StateT) -> Self:
        """What the owner's row says now, for whom the events no longer reach. Restated twice, it has the same id."""
        event_id = uuid5(NAMESPACE_OID, f"{cls.name} {org_id} {subject} {version}")
        return cls(id=event_id, occurred_at=as_of, org_id=org_id, subject=subject, version=version, data=data)

    @classmethod
    def owner(cls) -> str:
        return cls.name.split(".")[1]

    def to_bytes(self) -> bytes:
        """Structured CloudEvents JSON. Raises ValueError past 64 KiB: bytes never travel, files are referenced."""
        body = orjson.dumps(
            {
                "specversion": "1.0",
                "id": str(self.id),
                "type": self.name,
                "source": f"/services/{self.owner()}",
                "subject": str(self.subject),
                "time": self.occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
                "datacontenttype": "application/json",
                "orgid": str(self.org_id),
                "aggregateversion": self.version,
                "actor": self.actor,
                **{
                    key: value
                    for key, value in (
                        ("correlationid", self.correlation_id),
                        ("causationid", self.causation_id),
                        ("traceparent", self.traceparent),
                    )
                    if value
                },
                "data": {**self.data.model_dump(mode="json"), "changed": self.changed},
            }
        )
        if len(body) > MAX_BYTES:
            raise ValueError(f"{self.name} for {self.subject} takes {len(body)} bytes; at most {MAX_BYTES}")
        return body

    @classmethod
    def from_envelope(cls, envelope: dict[str, Any]) -> Self:
        """Raises pydantic.ValidationError when the envelope is not one of this class."""
        return cls.model_validate(_fields(envelope))


def _fields(envelope: dict[str, Any]) -> dict[str, Any]:
    data = envelope.get("data")
    return {
        "id": envelope.get("id"),
        "occurred_at": envelope.get("time"),
        "org_id": envelope.get("orgid"),
        "subject": envelope.get("subject"),
        "version": envelope.get("aggregateversion"),
        "data": data,
        "changed": data.get("changed", ()) if isinstance(data, dict) else (),
        "actor": envelope.get("actor", "system"),
        "correlation_id": envelope.get("correlationid", ""),
        "causation_id": envelope.get("causationid", ""),
        "traceparent": envelope.get("traceparent", ""),
    }


REGISTRY: dict[str, type[Event[Any]]] = {}
"""Wire name → class, filled as the owners' files are imported."""


class AnyState(State):
    model_config = ConfigDict(frozen=True, extra="allow")


class AnyEvent(Event[AnyState]):
    """Any event, also of a type this code has never heard of: for who passes events on as they are.

    Subscribing to it is subscribing to everything. `envelope` is the CloudEvent as it came.
    """

    name = EVERYTHING

    type: str
    envelope: dict[str, Any]

    @classmethod
    def from_envelope(cls, envelope: dict[str, Any]) -> Self:
        return cls.model_validate({**_fields(envelope), "type": envelope.get("type"), "envelope": envelope})
