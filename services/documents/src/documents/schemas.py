"""HTTP shapes of documents as they are read."""

from datetime import date, datetime
from typing import Any, Literal, Self
from uuid import UUID

from documents.values import Plain
from shared.events.documents import DocumentStatus, DocumentType, Side
from shared.web.shapes import LongText, Money, Rate, Shape, View, amounts

StatusFilter = Literal["draft", "approved", "partially_paid", "paid", "accepted", "rejected", "voided", "overdue"]


class LineOut(View):
    product_id: UUID | None
    description: str
    quantity: Plain
    unit_price: Money
    discount_pct: Plain
    taxes: list[str]
    subtotal: Money


class TaxAmountOut(View):
    """`rate` is per cent; `rate` and `amount` are below zero for what is held back (IRPF)."""

    code: str
    rate: Rate
    base: Money
    amount: Money


class DocumentSummary(View):
    """A document as lists show it. `overdue` is derived, by the organisation's day."""

    id: UUID
    version: int
    type: DocumentType
    side: Side
    status: DocumentStatus
    number: str | None
    contact_id: UUID
    contact_name: str
    issue_date: date
    due_date: date | None
    currency: str
    subtotal: Money
    tax_total: Money
    total: Money
    paid_total: Money
    pending_total: Money
    overdue: bool
    payment_method: str | None
    supplier_number: str | None
    corrects_id: UUID | None
    created_at: datetime
    updated_at: datetime

    _amounts = amounts("subtotal", "tax_total", "total", "paid_total", "pending_total")

    @classmethod
    def of(cls, document: Any, *, today: date, **beside: Any) -> Self:
        """`beside`: what of it the document itself does not keep."""
        given = {"overdue": document.is_overdue(today), **beside}
        stored = {name: getattr(document, name) for name in cls.model_fields if name not in given}
        return cls.model_validate({**stored, **given})


class RelativeOut(View):
    """Another document: what this one came from, or became."""

    id: UUID
    type: DocumentType
    number: str | None
    status: DocumentStatus
    contact_id: UUID


class DocumentOut(DocumentSummary):
    """`issuer` and `recipient` are there once it is approved: fiscal data as of then.

    `source` is what it was made from and `became` what was made from it; `corrects` and `corrected_by` say the same of
    credit notes, which stand there alone. Drafts and voided ones are among them; of very many, the oldest 200.
    """

    language: str
    series_id: UUID | None
    source_id: UUID | None
    source: RelativeOut | None
    became: list[RelativeOut]
    corrects: RelativeOut | None
    corrected_by: list[RelativeOut]
    notes: str | None
    lines: list[LineOut]
    taxes: list[TaxAmountOut]
    answer_reason: str | None
    issuer: dict[str, Any] | None
    recipient: dict[str, Any] | None
    approved_at: datetime | None


class AnswerIn(Shape):
    """What the client said, as staff were told."""

    reason: LongText | None = None
