"""HTTP shapes of reports."""

from datetime import date
from uuid import UUID

from documents.schemas import DocumentSummary
from documents.values import Quantity, UnitPrice
from shared.web.shapes import Money, View, amounts, optional_prices


class MonthOut(View):
    month: int
    sales: Money
    purchases: Money


class YearOut(View):
    """Net of tax with credit notes subtracted; what is pending and overdue is gross, of all years.

    `pending` and `overdue` add what the contact owes us and what we owe it; the four below tell them apart.
    """

    year: int
    currency: str
    months: list[MonthOut]
    sales_total: Money
    purchases_total: Money
    previous_sales_total: Money
    previous_purchases_total: Money
    pending: Money
    overdue: Money
    sales_pending: Money
    sales_overdue: Money
    purchases_pending: Money
    purchases_overdue: Money


class CountsOut(View):
    sales: int
    purchases: int


class LatestOut(View):
    """`counts`: those approved and not voided. `listed`: all that the list of that side has."""

    items: list[DocumentSummary]
    counts: CountsOut
    listed: CountsOut


class DocumentsPanelPart(View):
    year: YearOut
    documents: LatestOut


class ItemOut(View):
    """Quantity and amount less what was credited. `last_price`: the unit price before discount, when last sold."""

    product_id: UUID | None
    name: str
    quantity: Quantity
    amount: Money
    currency: str
    last_price: UnitPrice | None
    last_date: date | None

    _amounts = amounts("amount")
    _prices = optional_prices("last_price")
