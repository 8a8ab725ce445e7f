"""HTTP shapes of documents as they are written."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from documents.schemas import LineOut
from documents.values import Code, Day, Percent, Quantity, UnitPrice
from shared.events.documents import DocumentType
from shared.web.shapes import CurrencyCode, LanguageCode, Line, LongText, Paragraph, Shape, View

MOST_LINES = 500


class LineIn(Shape):
    """With a product, what is absent is taken from it. `taxes` absent: by product and contact; `[]`: none."""

    product_id: UUID | None = None
    description: Paragraph | None = None
    quantity: Quantity = Decimal(1)
    unit_price: UnitPrice | None = None
    discount_pct: Percent | None = None
    taxes: Annotated[list[Code], Field(max_length=3)] | None = None


Lines = Annotated[list[LineIn], Field(max_length=MOST_LINES)]


class _Fields(Shape):
    due_date: Day | None = None
    series_id: UUID | None = None
    supplier_number: Line | None = None
    corrects_id: UUID | None = None
    payment_method: Code | None = None
    notes: LongText | None = None


class DocumentIn(_Fields):
    """What is absent comes from the contact's defaults. A credit note without lines takes those it corrects."""

    type: DocumentType
    contact_id: UUID
    issue_date: Day | None = None
    currency: CurrencyCode | None = None
    language: LanguageCode | None = None
    lines: Lines | None = None


class DocumentPatch(_Fields):
    """What is absent stays; `lines` are replaced whole."""

    contact_id: UUID = UUID(int=0)
    issue_date: Day = date.min
    currency: CurrencyCode = ""
    language: LanguageCode = ""
    lines: Lines = Field(default_factory=list)


class DraftShown(View):
    """What of a draft a patch may change, as it is shown."""

    contact_id: UUID
    issue_date: date
    due_date: date | None
    currency: str
    language: str
    series_id: UUID | None
    supplier_number: str | None
    corrects_id: UUID | None
    payment_method: str | None
    notes: str | None
    lines: list[LineOut]


class ConvertIn(Shape):
    type: DocumentType
