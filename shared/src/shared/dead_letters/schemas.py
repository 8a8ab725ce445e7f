"""What dead letters look like over HTTP and in the command's JSON; the gateway's door serves the same shapes."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import Query
from pydantic import Field, StringConstraints, model_validator

from shared.dead_letters.administration import Selection, SortKey
from shared.web.shapes import Shape, ShortText, View

Status = Literal["dead", "replaying", "replayed", "discarded"]
SERVICE_PATTERN = r"[a-z][a-z0-9_]{0,39}"
ServiceText = Annotated[str, StringConstraints(pattern=f"^{SERVICE_PATTERN}$")]
Cause = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
NameText = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]

StatusParam = Annotated[Status, Query(description="what became of them")]
CauseParam = Annotated[Cause | None, Query(description="exactly this cause, as a group names it")]
NameParam = Annotated[NameText | None, Query(description="the event's wire name")]


class LetterOut(View):
    """An event that a service gave up on. `cause` is the reason without what differs from case to case."""

    service: str
    event_id: UUID
    org_id: UUID | None
    name: str
    cause: str
    reason: str
    handler: str
    attempts: int
    first_failed_at: datetime
    last_failed_at: datetime
    status: Status

    @property
    def sort_key(self) -> SortKey:
        return self.last_failed_at, self.event_id, self.service


class GroupOut(View):
    """Letters of one cause. `example_id` is the event that failed last."""

    service: str
    cause: str
    name: str
    handler: str
    count: int
    first_failed_at: datetime
    last_failed_at: datetime
    example_id: UUID

    @property
    def sort_key(self) -> SortKey:
        return self.last_failed_at, self.example_id, self.service


class ActionOut(View):
    """`action` is the status it led to."""

    at: datetime
    actor: str
    action: Status
    reason: str


class LetterDetail(LetterOut):
    """`body` is the event when it is JSON; whatever else came is in `body_base64`."""

    headers: dict[str, str | int]
    body: Any = None
    body_base64: str | None = None
    actions: list[ActionOut]


class ReplayIn(Shape):
    """Exactly one of `event_id`, `cause` and `all` says which."""

    service: ServiceText
    event_id: UUID | None = None
    cause: Cause | None = None
    all: Literal[True] | None = None
    reason: ShortText = ""

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if sum(given is not None for given in (self.event_id, self.cause, self.all)) != 1:
            raise ValueError("exactly one of event_id, cause and all says which")
        return self

    @property
    def selection(self) -> Selection:
        return Selection(self.service, self.event_id, self.cause)


class DiscardIn(Shape):
    """Exactly one of `event_id` and `cause` says which."""

    service: ServiceText
    event_id: UUID | None = None
    cause: Cause | None = None
    reason: Annotated[ShortText, Field(min_length=1)]

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if (self.event_id is None) == (self.cause is None):
            raise ValueError("exactly one of event_id and cause says which")
        return self

    @property
    def selection(self) -> Selection:
        return Selection(self.service, self.event_id, self.cause)


class DecisionOut(View):
    """`changed` were dead; `skipped` are of the same cause, but were settled before, or about to be."""

    service: str
    action: Status
    changed: int
    skipped: int
