"""HTTP shapes of payments."""

import datetime as dt
from typing import Annotated
from uuid import UUID

from pydantic import Field

from documents.values import Code, Day
from shared.web.shapes import Amount, Money, Shape, View


class PaymentIn(Shape):
    """On a credit note it is money given back. `date` absent: the organisation's today."""

    date: Day | None = None
    amount: Annotated[Amount, Field(gt=0)]
    method: Code


class PaymentOut(View):
    """`credit_note_id`: no money moved, a credit note was set off."""

    id: UUID
    version: int
    document_id: UUID
    date: dt.date
    amount: Money
    method: str
    credit_note_id: UUID | None
    created_at: dt.datetime
