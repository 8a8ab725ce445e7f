"""What documents publishes. Lines stay at home: a listener that shows them asks documents for one document."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import Event, PlainDecimal, State

DocumentType = Literal[
    "invoice",
    "sales_receipt",
    "credit_note",
    "estimate",
    "proforma",
    "delivery_note",
    "sales_order",
    "purchase_invoice",
    "purchase_receipt",
    "purchase_credit_note",
    "purchase_order",
]
DocumentStatus = Literal["draft", "approved", "partially_paid", "paid", "accepted", "rejected", "voided"]
Side = Literal["sales", "purchases"]


class DocumentState(State):
    id: UUID
    type: DocumentType
    side: Side
    status: DocumentStatus
    number: str | None = None
    contact_id: UUID
    contact_name: str
    issue_date: date
    due_date: date | None = None
    currency: str
    subtotal: PlainDecimal
    tax_total: PlainDecimal
    total: PlainDecimal
    paid_total: PlainDecimal
    payment_method: str | None = None
    language: str = "es"
    supplier_number: str | None = None
    corrects_id: UUID | None = None
    source_id: UUID | None = None
    deleted: bool = False
    created_at: AwareDatetime
    updated_at: AwareDatetime


class DocumentCreated(Event[DocumentState]):
    name = "ficha.documents.document.created.v1"


class DocumentUpdated(Event[DocumentState]):
    """Also: a payment changed its status, or the client accepted or rejected it."""

    name = "ficha.documents.document.updated.v1"


class DocumentApproved(Event[DocumentState]):
    name = "ficha.documents.document.approved.v1"


class DocumentVoided(Event[DocumentState]):
    name = "ficha.documents.document.voided.v1"


class DocumentDeleted(Event[DocumentState]):
    """Only drafts can be deleted."""

    name = "ficha.documents.document.deleted.v1"


class RecipientState(State):
    """`outside`: typed by the sender, and neither the contact's nor of one of its people."""

    email: str
    name: str | None = None
    outside: bool = False


class SendState(State):
    """One wish to mail one document. Recipients are settled when asked for: what was shown is what is sent."""

    id: UUID
    document_id: UUID
    contact_id: UUID
    contact_name: str
    document_type: DocumentType
    number: str | None = None
    issue_date: date
    due_date: date | None = None
    total: PlainDecimal
    currency: str
    language: str
    organization_name: str
    reply_to: str | None = None
    to: list[RecipientState]
    cc: list[RecipientState] = []
    bcc: list[RecipientState] = []
    subject: str | None = None
    message: str | None = None


class DocumentSendRequested(Event[SendState]):
    """`subject` of the envelope is the send's id, at version 1."""

    name = "ficha.documents.document.send_requested.v1"


class PaymentState(State):
    id: UUID
    document_id: UUID
    contact_id: UUID
    date: date
    amount: PlainDecimal
    currency: str
    method: str
    deleted: bool = False


class PaymentRecorded(Event[PaymentState]):
    name = "ficha.documents.payment.recorded.v1"


class PaymentRemoved(Event[PaymentState]):
    """It was registered by mistake: what it settled is pending again, which the document's own event tells."""

    name = "ficha.documents.payment.removed.v1"


class ProductState(State):
    id: UUID
    name: str
    sku: str | None = None
    description: str | None = None
    category: str | None = None
    unit_price: PlainDecimal
    currency: str
    taxes: list[str]
    in_catalogue: bool
    active: bool


class ProductCreated(Event[ProductState]):
    name = "ficha.documents.product.created.v1"


class ProductUpdated(Event[ProductState]):
    name = "ficha.documents.product.updated.v1"
