"""Every SQL statement over our copy of products."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from portal.client import ClientScope
from portal.models import Product
from shared.db.upserts import keep_newer
from shared.events.documents import ProductState


async def apply_product(session: AsyncSession, product: ProductState, *, version: int) -> None:
    await keep_newer(session, Product, version=version, **product.model_dump())


async def list_products(client: ClientScope, *, after: tuple[str, UUID] | None, limit: int) -> list[Product]:
    """By name."""
    keys = (Product.sort_name.collate("C"), Product.id)
    statement = select(Product).where(_offered(client)).order_by(*keys).limit(limit)
    if after:
        statement = statement.where(tuple_(*keys) > tuple_(*after))
    return list((await client.session.execute(statement)).scalars())


async def find_products(client: ClientScope, product_ids: set[UUID]) -> dict[UUID, Product]:
    """Those of them that are in the catalogue."""
    statement = select(Product).where(_offered(client), Product.id.in_(product_ids))
    return {product.id: product for product in (await client.session.execute(statement)).scalars()}


def _offered(client: ClientScope) -> ColumnElement[bool]:
    # Bare booleans: `IS true` would keep the planner from the partial index.
    return and_(Product.org_id == client.org_id, Product.in_catalogue, Product.active)
