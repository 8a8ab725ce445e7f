"""HTTP shapes of what the gateway composes itself."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel


class SectionOut(BaseModel):
    """`data` as of `as_of`, when ready or stale; unless ready, the `reason`."""

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


class PanelOut(BaseModel):
    contact: dict[str, Any]
    sections: SectionsOut


class ReadinessOut(BaseModel):
    """`missing` keeps it from serving; `unreachable` services only dim what is theirs."""

    status: Literal["ok", "unavailable"]
    missing: list[str]
    unreachable: list[str]
