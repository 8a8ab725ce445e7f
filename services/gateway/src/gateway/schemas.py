"""HTTP shapes of what the gateway composes itself."""

from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel


class SectionOut(BaseModel):
    """`data` as of `as_of`, when ready or stale; unless ready, the `reason`.

    The API's document says of each section what its `data` is: see `gateway.openapi`.
    """

    status: Literal["ready", "stale", "unavailable"]
    as_of: AwareDatetime
    data: dict[str, Any] | None = None
    reason: Literal["timeout", "unreachable", "error", "forbidden"] | None = None


class SectionsOut(BaseModel):
    people: SectionOut
    portal: SectionOut
    year: SectionOut
    documents: SectionOut
    activities: SectionOut
    opportunities: SectionOut
    files: SectionOut
    notes: SectionOut


class UnknownContactOut(BaseModel):
    """All that is known of a contact while the service that has it is away."""

    id: UUID


class PanelOut(BaseModel):
    contact: UnknownContactOut
    sections: SectionsOut


class ReadinessOut(BaseModel):
    """`missing` keeps it from serving; `unreachable` services only dim what is theirs."""

    status: Literal["ok", "unavailable"]
    missing: list[str]
    unreachable: list[str]
