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
    session: AsyncSession,
    lines: Sequence[LineIn],
    defaults: DefaultsState,
    *,
    side: Side,
    currency: str,
    on: date,
    stored: Sequence[dict[str, Any]] = (),
) -> list[dict[str, Any]]:
    """As a document keeps them, without subtotals; those that are as one of `stored` are not judged again.

    Raises Invalid naming the line and its field.
    """
    kept = {_written(line): line for line in stored}
    known = await products.find_products(session, [line.product_id for line in lines if line.product_id])
    resolved = []
    for index, line in enumerate(lines):
        if same := kept.get(_given(line)):
            resolved.append(without_subtotal(same))
            continue
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


def without_subtotal(line: dict[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in line.items() if field != "subtotal"}


def _given(line: LineIn) -> tuple[Any, ...]:
    product_id = str(line.product_id) if line.product_id else None
    taxes = None if line.taxes is None else tuple(line.taxes)
    return product_id, line.description, line.quantity, line.unit_price, line.discount_pct, taxes


def _written(line: dict[str, Any]) -> tuple[Any, ...]:
    """The same of a line as it is kept."""
    figures = (Decimal(line[field]) for field in ("quantity", "unit_price", "discount_pct"))
    return line["product_id"], line["description"], *figures, tuple(line["taxes"])


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
