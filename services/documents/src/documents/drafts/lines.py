"""Lines as given, made whole: from the product, the contact and the day."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from documents.drafts.schemas import LineIn
from documents.models import Product
from documents.products import service as products
from documents.taxes.defaults import default_taxes
from shared.currencies import price_text
from shared.errors import invalid
from shared.events.contacts import DefaultsState
from shared.events.documents import Side
from shared.events.taxes import TaxesWrong, check_taxes


async def resolve_lines(
    session: AsyncSession, lines: Sequence[LineIn], defaults: DefaultsState, *, side: Side, currency: str, on: date
) -> list[dict[str, Any]]:
    """As a document keeps them, without subtotals. Raises Invalid naming the line and its field."""
    known = await products.find_products(session, [line.product_id for line in lines if line.product_id])
    resolved = []
    for index, line in enumerate(lines):
        product = known.get(line.product_id) if line.product_id else None
        if line.product_id and product is None:
            raise invalid(f"lines.{index}.product_id", "product_unknown", "There is no such product.")
        taxes = line.taxes
        if taxes is None:
            taxes = default_taxes(defaults, side=side, product_taxes=product.taxes if product else None, on=on)
        try:
            check_taxes(taxes, on)
        except TaxesWrong as wrong:
            raise invalid(f"lines.{index}.taxes", wrong.code, str(wrong)) from None
        discount = line.discount_pct if line.discount_pct is not None else defaults.discount_pct or Decimal(0)
        resolved.append(
            {
                "product_id": str(product.id) if product else None,
                "description": _required(line.description or (product and product.name), index, "description"),
                "quantity": _plain(line.quantity),
                "unit_price": price_text(
                    _required(_price(line, product, side, currency), index, "unit_price"), currency
                ),
                "discount_pct": _plain(discount),
                "taxes": taxes,
            }
        )
    return resolved


def _price(line: LineIn, product: Product | None, side: Side, currency: str) -> Decimal | None:
    """The product's own price counts only in its own currency; what is bought costs its cost, where known."""
    if line.unit_price is not None:
        return line.unit_price
    if product is None or product.currency != currency:
        return None
    return product.cost if side == "purchases" and product.cost is not None else product.unit_price


def _required(value: Any, index: int, field: str) -> Any:
    if value is None:
        raise invalid(f"lines.{index}.{field}", "missing", "Give it, or a product that has it.")
    return value


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
