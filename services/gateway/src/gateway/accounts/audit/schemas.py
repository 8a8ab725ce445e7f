"""HTTP shapes of the audit."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, BeforeValidator, Field

from gateway.accounts.audit.actions import ACTIONS, Action, Reason, SubjectKind
from shared.web.numbers import calendar

Day = Annotated[date, BeforeValidator(calendar), Field(ge=date(1990, 1, 1), le=date(2199, 12, 31))]
ActorParam = Annotated[
    UUID | Literal["system", "visitor"] | None,
    Query(description="a person's or a key's id; `system`: Ficha itself, `visitor`: somebody who was not logged in"),
]
ActionParam = Annotated[
    list[Action], Query(alias="action", max_length=len(ACTIONS), description="may be repeated; none: all")
]
SubjectParam = Annotated[UUID | None, Query(description="the id of whom or what it was done to")]
FromParam = Annotated[Day | None, Query(alias="from", description="the first of the organisation's days")]
ToParam = Annotated[Day | None, Query(alias="to", description="the last of them")]


class ActorOut(BaseModel):
    """`name`: as it was then. Only people and keys have an id."""

    kind: Literal["user", "key", "visitor", "system"]
    id: UUID | None
    name: str | None


class SubjectOut(BaseModel):
    kind: SubjectKind
    id: UUID
    name: str | None


class ChangeOut(BaseModel):
    field: str
    before: Any = None
    after: Any = None


class AuditEntryOut(BaseModel):
    """What somebody did, or was refused. `times`: it stands for so many that came together. `address`, `user_agent`:
    where it came from, if it came through this door.
    """

    id: UUID
    at: datetime
    actor: ActorOut
    action: Action
    subject: SubjectOut | None
    reason: Reason | None
    changes: list[ChangeOut]
    address: str | None
    user_agent: str | None
    times: int = Field(ge=1)
