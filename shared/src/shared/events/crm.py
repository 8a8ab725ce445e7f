"""What crm publishes."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import Event, PlainDecimal, State

ActivityKind = Literal["call", "meeting", "task", "email", "visit"]
OpportunityStatus = Literal["open", "won", "lost"]


class OpportunityState(State):
    id: UUID
    contact_id: UUID
    title: str
    pipeline_id: UUID
    stage_id: UUID
    value: PlainDecimal
    currency: str
    probability: int
    expected_close: date | None = None
    status: OpportunityStatus
    lost_reason: str | None = None
    deleted: bool = False


class OpportunityCreated(Event[OpportunityState]):
    name = "ficha.crm.opportunity.created.v1"


class OpportunityUpdated(Event[OpportunityState]):
    name = "ficha.crm.opportunity.updated.v1"


class OpportunityWon(Event[OpportunityState]):
    name = "ficha.crm.opportunity.won.v1"


class OpportunityLost(Event[OpportunityState]):
    name = "ficha.crm.opportunity.lost.v1"


class OpportunityDeleted(Event[OpportunityState]):
    name = "ficha.crm.opportunity.deleted.v1"


class ActivityState(State):
    id: UUID
    contact_id: UUID
    kind: ActivityKind
    title: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None = None
    reminder_minutes: int | None = None
    owner: str | None = None
    completed_at: AwareDatetime | None = None
    deleted: bool = False


class ActivityCreated(Event[ActivityState]):
    name = "ficha.crm.activity.created.v1"


class ActivityUpdated(Event[ActivityState]):
    name = "ficha.crm.activity.updated.v1"


class ActivityCompleted(Event[ActivityState]):
    name = "ficha.crm.activity.completed.v1"


class ActivityDeleted(Event[ActivityState]):
    name = "ficha.crm.activity.deleted.v1"


class NoteState(State):
    """The text of a note stays at home: no listener needs it."""

    id: UUID
    contact_id: UUID
    author: str
    pinned: bool
    deleted: bool = False


class NoteCreated(Event[NoteState]):
    name = "ficha.crm.note.created.v1"


class NoteUpdated(Event[NoteState]):
    name = "ficha.crm.note.updated.v1"


class NoteDeleted(Event[NoteState]):
    name = "ficha.crm.note.deleted.v1"
