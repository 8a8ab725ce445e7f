"""What clients may order, where the catalogue is open to them."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from portal.access import service as access
from portal.catalogue import repository
from portal.client import ClientScope
from portal.models import Product
from shared.events.documents import ProductState


async def list_products(
    client: ClientScope, *, after: tuple[str, UUID] | None, limit: int
) -> list[tuple[Product, tuple[str, UUID]]]:
    """One page; beside each product its sort values. Raises CatalogueClosed."""
    await access.demand_catalogue(client)
    rows = await repository.list_products(client, after=after, limit=limit)
    return [(product, (product.sort_name, product.id)) for product in rows]


async def find_products(client: ClientScope, product_ids: set[UUID]) -> dict[UUID, Product]:
    """Those of them that may be ordered. Raises CatalogueClosed."""
    await access.demand_catalogue(client)
    return await repository.find_products(client, product_ids)


async def remember_product(session: AsyncSession, product: ProductState, *, version: int) -> None:
    await repository.apply_product(session, product, version=version)
