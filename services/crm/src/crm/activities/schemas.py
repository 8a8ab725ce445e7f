"""HTTP shapes of activities."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from crm.schemas import Actor, Moment
from shared.clock import utc_now
from shared.events.crm import ActivityKind
from shared.web.shapes import Line, LongText, Shape, View

ReminderMinutes = Annotated[int, Field(ge=0, le=525_600, description="before it starts")]
Sort = Literal["starts_at", "-starts_at"]


class _Fields(Shape):
    ends_at: Moment | None = None
    reminder_minutes: ReminderMinutes | None = None
    notes: LongText | None = None


class ActivityIn(_Fields):
    """Without an owner it is the caller's own."""

    contact_id: UUID
    kind: ActivityKind
    title: Line
    starts_at: Moment
    owner: Actor | None = Field(default=None, description="`user:<id>`; whoever asks, unless given")


class ActivityPatch(_Fields):
    """What is absent stays."""

    kind: ActivityKind = "task"
    title: Line = ""
    starts_at: Moment = Field(default_factory=utc_now)
    owner: Actor = ""


class ActivityOut(View):
    id: UUID
    version: int
    contact_id: UUID
    contact_name: str
    kind: ActivityKind
    title: str
    starts_at: datetime
    ends_at: datetime | None
    reminder_minutes: int | None
    notes: str | None
    owner: str
    owner_name: str
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime
