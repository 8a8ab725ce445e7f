"""What a client can do with orders."""

from decimal import Decimal
from uuid import UUID

from portal.catalogue import service as catalogue
from portal.catalogue.schemas import plain
from portal.client import ClientScope
from portal.documents import service as documents
from portal.models import ClientOrder, Product
from portal.orders import events, repository
from portal.orders.schemas import OrderIn, OrderLineIn
from shared.clock import utc_now
from shared.errors import FieldError, Invalid, invalid
from shared.identifiers import new_id

PLACED = "placed"
_LARGEST = Decimal(1_000_000_000)
"""Beyond it no document could be made of the order."""

Ordered = tuple[ClientOrder, str]
"""An order and its status."""


async def place_order(client: ClientScope, given: OrderIn) -> Ordered:
    """It becomes a draft sales order of the same id. Raises CatalogueClosed, Invalid for what cannot be ordered."""
    products = await catalogue.find_products(client, {line.product_id for line in given.lines})
    _demand_offered(given.lines, products)
    _demand_one_currency(given.lines, products)
    if sum(line.quantity * products[line.product_id].unit_price for line in given.lines) > _LARGEST:
        raise invalid("lines", "order_too_large", "The order is too large to be placed here.")
    order = ClientOrder(
        org_id=client.org_id,
        id=new_id(),
        contact_id=client.contact_id,
        lines=[_shown(line, products[line.product_id]) for line in given.lines],
        notes=given.notes or None,
        placed_at=utc_now(),
    )
    await repository.add_order(client, order)
    await events.record_order(client.session, order)
    return order, PLACED


async def list_orders(client: ClientScope, *, after: UUID | None, limit: int) -> list[Ordered]:
    """Newest first."""
    orders = await repository.list_orders(client, after=after, limit=limit)
    statuses = await documents.find_statuses(client, [order.id for order in orders])
    return [(order, statuses.get(order.id, PLACED)) for order in orders]


def _demand_offered(lines: list[OrderLineIn], products: dict[UUID, Product]) -> None:
    wrong = [
        FieldError(f"lines.{index}.product_id", "product_not_offered", "This product is not in the catalogue.")
        for index, line in enumerate(lines)
        if line.product_id not in products
    ]
    if wrong:
        raise Invalid("Some products are not in the catalogue.", errors=wrong)


def _demand_one_currency(lines: list[OrderLineIn], products: dict[UUID, Product]) -> None:
    """A document has one, and so has the sales order."""
    first = products[lines[0].product_id].currency
    wrong = [
        FieldError(
            f"lines.{index}.product_id",
            "another_currency",
            f"This product is sold in {currency}, the first one in {first}: place one order for each currency.",
        )
        for index, line in enumerate(lines)
        if (currency := products[line.product_id].currency) != first
    ]
    if wrong:
        raise Invalid("The products are sold in different currencies.", errors=wrong)


def _shown(line: OrderLineIn, product: Product) -> dict[str, str]:
    return {
        "product_id": str(product.id),
        "name": product.name,
        "quantity": plain(line.quantity),
        "unit_price": plain(product.unit_price),
        "currency": product.currency,
    }
