"""HTTP shapes of the feed."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field, StringConstraints

from shared.web.numbers import plain
from shared.web.problems import Problem

LONGEST_WAIT = 25
"""Seconds: shorter than what proxies allow a silent request."""
LAST_POSITION = 2**53 - 1
"""The largest whole number that every reader of JSON gets right."""

AfterParam = Annotated[
    int,
    BeforeValidator(plain),
    Query(ge=0, le=LAST_POSITION, description="`position` of the answer before; at first 0"),
]
TypeName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.]{0,200}\*?$", min_length=1)]
TypeParam = Annotated[
    list[TypeName],
    Query(
        alias="type",
        max_length=50,
        description="only this type, or with a final `*` all that begin so; may be repeated",
        examples=["ficha.contacts.contact.updated.v1", "ficha.documents.*"],
    ),
]
WaitParam = Annotated[
    float,
    Query(ge=0, le=LONGEST_WAIT, description="seconds to wait for an event when there is none (long poll)"),
]


class CloudEventOut(BaseModel):
    """CloudEvents 1.0, exactly as published. `GET /api/v1/asyncapi.json` has what `data` holds for each type."""

    specversion: str
    id: UUID
    type: str
    source: str
    subject: UUID = Field(description="the aggregate that changed")
    time: AwareDatetime
    datacontenttype: str
    orgid: UUID
    aggregateversion: int = Field(ge=1, description="of the aggregate; apply what is newer than what you have")
    actor: str
    correlationid: str | None = None
    causationid: str | None = None
    traceparent: str | None = None
    data: dict[str, Any] = Field(description="the aggregate's whole public state, and `changed`: which fields did")


class FeedItemOut(BaseModel):
    position: int = Field(ge=1, description="in this organisation's feed: 1, 2, 3, …")
    event: CloudEventOut


class FeedOut(BaseModel):
    """What follows, in order. Without `next_cursor` the feed was read to its end: ask again after `position`."""

    items: list[FeedItemOut]
    position: int = Field(
        ge=0,
        description="so far was read, also past events that were not wanted: keep it together with what you made of "
        "the items, and send it as `after`",
    )
    next_cursor: str | None = Field(description="there is more at once; for `cursor`, or ask after `position`")


class ExpiredProblem(Problem):
    first_position: int = Field(description="the first one that is kept: ask after the one before it")
