"""HTTP shapes of opportunities."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from crm.schemas import Day, Percent, Value
from shared.events.crm import OpportunityStatus
from shared.web.shapes import CurrencyCode, Line, Money, Shape, ShortText, View, amounts


class OpportunityIn(Shape):
    """Without a stage it starts in the first one of its pipeline; without a probability it has its stage's."""

    contact_id: UUID
    title: Line
    pipeline_id: UUID | None = None
    stage_id: UUID | None = None
    value: Value
    currency: CurrencyCode
    probability: Percent | None = None
    expected_close: Day | None = None


class OpportunityPatch(Shape):
    """What is absent stays. Moving to another stage takes over its probability, unless one is given too.

    No stage and no pipeline mean the present ones.
    """

    title: Line = ""
    pipeline_id: UUID | None = None
    stage_id: UUID | None = None
    value: Value = Decimal(0)
    currency: CurrencyCode = ""
    probability: Percent = 0
    expected_close: Day | None = None


class LoseIn(Shape):
    reason: Annotated[ShortText, StringConstraints(min_length=1)]


class OpportunityOut(View):
    id: UUID
    version: int
    contact_id: UUID
    contact_name: str
    title: str
    pipeline_id: UUID
    stage_id: UUID
    stage_name: str
    value: Money
    currency: str
    probability: int
    expected_close: date | None
    status: OpportunityStatus
    lost_reason: str | None
    closed_at: datetime | None
    created_at: datetime
    updated_at: datetime

    _amounts = amounts("value")
