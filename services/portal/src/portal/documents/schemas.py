"""HTTP shapes of documents, as their client sees them."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from portal.documents.service import Details
from shared.events.documents import DocumentType
from shared.web.shapes import Money, Paragraph, Shape, View, amounts

Status = Literal["approved", "partially_paid", "paid", "accepted", "rejected", "voided"]
StatusFilter = Literal["approved", "partially_paid", "paid", "accepted", "rejected", "voided", "pending", "overdue"]


class DocumentOut(View):
    id: UUID
    type: DocumentType
    status: Status
    number: str | None
    issue_date: date
    due_date: date | None
    currency: str
    subtotal: Money
    tax_total: Money
    total: Money
    paid_total: Money
    pending_total: Money
    overdue: bool
    corrects_id: UUID | None

    _amounts = amounts("subtotal", "tax_total", "total", "paid_total", "pending_total")

    @classmethod
    def of(cls, document: Any, *, today: date) -> "DocumentOut":
        """Its summary. `overdue` is derived, by the organisation's day."""
        stored = {name: getattr(document, name) for name in DocumentOut.model_fields if name != "overdue"}
        return DocumentOut.model_validate({**stored, "overdue": document.is_overdue(today)})


class LineOut(View):
    """Figures as documents writes them: decimal strings."""

    description: str
    quantity: str
    unit_price: str
    discount_pct: str
    taxes: list[str]
    subtotal: str


class TaxOut(View):
    code: str
    rate: str
    base: str
    amount: str


class AnswerOut(View):
    accepted: bool
    reason: str | None
    answered_at: datetime


class RelativeOut(View):
    """Another document of the client's."""

    id: UUID
    type: DocumentType
    number: str | None
    status: Status


class DocumentDetails(DocumentOut):
    """`answer` is what the client said in the portal.

    `source` is what it was made from and `became` what was made from it; `corrects` and `corrected_by` say the same of
    credit notes. Only what the client sees itself is named.
    """

    source: RelativeOut | None
    became: list[RelativeOut]
    corrects: RelativeOut | None
    corrected_by: list[RelativeOut]

    lines: list[LineOut]
    taxes: list[TaxOut]
    notes: str | None
    answer: AnswerOut | None

    @classmethod
    def whole(cls, details: Details, *, today: date) -> "DocumentDetails":
        summary = DocumentOut.of(details.document, today=today).model_dump()
        return cls.model_validate({**summary, **details.content, **details.relations, "answer": details.answer})


class RejectionIn(Shape):
    reason: Paragraph | None = None
