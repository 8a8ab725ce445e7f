"""What a printed document says. The caller settles every fact and figure; nothing is computed or looked up here."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from shared.events.contacts import TaxIdType
from shared.events.documents import DocumentType

Language = Literal["es", "en", "ca"]
Stamp = Literal["draft", "voided"]
TaxKind = Literal["vat", "surcharge", "retention"]


@dataclass(frozen=True, slots=True)
class PrintedParty:
    """One end of the document, as it was when the document was approved. `country`: ISO 3166-1 alpha-2."""

    name: str
    trade_name: str | None = None
    tax_id: str | None = None
    tax_id_type: TaxIdType = "nif"
    vat_number: str | None = None
    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    province: str | None = None
    country: str | None = None
    email: str | None = None
    phone: str | None = None
    website: str | None = None


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """`discount_pct` is per cent, `taxes` are codes of the document's taxes, `subtotal` is net after the discount."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    subtotal: Decimal
    discount_pct: Decimal = Decimal(0)
    taxes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedTax:
    """One tax over all lines that carry it. `rate` is per cent; rate and amount of a retention are below zero."""

    code: str
    kind: TaxKind
    rate: Decimal
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PrintedDocument:
    """Amounts are in `currency` (ISO 4217), rounded as they should be seen.

    `organization` is the tenant and `contact` the other end, on sales and purchases alike: which of them is the
    issuer follows from the type. `stamp` is the watermark. `corrects_*` name the invoice that a credit note corrects.
    `payment_method` is a code (`transfer`) or words of the organisation's own. With `paid_total` above zero, what was
    paid and what is pending are printed too. `accent` is `#rrggbb`; anything else is replaced by the house colour.
    `logo` is a PNG of the organisation's; what others issue does not bear it.
    """

    type: DocumentType
    language: Language
    currency: str
    issue_date: date
    organization: PrintedParty
    lines: tuple[PrintedLine, ...]
    taxes: tuple[PrintedTax, ...]
    subtotal: Decimal
    total: Decimal
    paid_total: Decimal = Decimal(0)
    contact: PrintedParty | None = None
    number: str | None = None
    supplier_number: str | None = None
    corrects_number: str | None = None
    corrects_date: date | None = None
    due_date: date | None = None
    payment_method: str | None = None
    iban: str | None = None
    bic: str | None = None
    notes: str | None = None
    stamp: Stamp | None = None
    accent: str | None = None
    logo: bytes | None = None
