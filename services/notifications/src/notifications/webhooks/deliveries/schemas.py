"""HTTP shapes of deliveries."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field

from shared.web.shapes import Shape, View

Status = Literal["pending", "delivered", "failed"]

_YEARS = range(2000, 2200)


def _near(moment: datetime) -> datetime:
    if moment.year not in _YEARS:
        raise ValueError(f"a year from {_YEARS.start} to {_YEARS.stop - 1} is expected")
    return moment.astimezone(UTC)


class DeliveryOut(View):
    """`id` is the event's, and the header `webhook-id` of every attempt.

    While its webhook is disabled, what is pending waits.
    """

    id: UUID
    type: str
    subject: UUID
    aggregate_version: int
    status: Status
    attempts: int
    due_at: Annotated[datetime | None, Field(serialization_alias="next_attempt_at")]
    last_status_code: int | None
    last_error: str | None
    created_at: datetime
    delivered_at: datetime | None


class AttemptOut(View):
    """`ms`: milliseconds until the answer, or until it was clear that there is none. `answer`: how its body begins."""

    at: datetime
    ms: int
    status_code: int | None
    answer: str | None
    error: str | None


class DeliveryDetail(DeliveryOut):
    """`log`: newest first, the latest 20."""

    log: list[AttemptOut]


class ResendIn(Shape):
    since: Annotated[
        Annotated[AwareDatetime, AfterValidator(_near)], Field(description="of the events, by when they happened")
    ]


class ResendOut(View):
    """`more`: there were too many for once; ask again."""

    queued: int
    more: bool
