"""Every SQL statement of products."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from documents.errors import ProductNotFound
from documents.models import FoundProduct, Product
from shared.db.finding import Listing, find_page
from shared.db.tenancy import org_of


async def require_product(session: AsyncSession, product_id: UUID, *, lock: bool = False) -> Product:
    """Raises ProductNotFound. `lock` holds the row until the transaction ends."""
    statement = select(Product).where(Product.org_id == org_of(session), Product.id == product_id)
    if lock:
        statement = statement.with_for_update()
    product = (await session.execute(statement)).scalar_one_or_none()
    if product is None:
        raise ProductNotFound()
    return product


async def find_products(session: AsyncSession, product_ids: Iterable[UUID]) -> dict[UUID, Product]:
    """Those that exist, by id."""
    ids = sorted(set(product_ids))
    if not ids:
        return {}
    statement = select(Product).where(Product.org_id == org_of(session), Product.id.in_(ids))
    return {product.id: product for product in (await session.execute(statement)).scalars()}


async def list_products(
    session: AsyncSession,
    *,
    q: str | None,
    in_catalogue: bool | None,
    active: bool | None,
    after: Sequence[Any] | None,
    limit: int,
) -> list[tuple[Product, tuple[Any, ...]]]:
    """One page by name, and what the next one comes after."""
    listed = select(FoundProduct.org_id, FoundProduct.id).where(FoundProduct.org_id == org_of(session))
    if in_catalogue is not None:
        listed = listed.where(FoundProduct.in_catalogue.is_(in_catalogue))
    if active is not None:
        listed = listed.where(FoundProduct.active.is_(active))
    return await find_page(session, _BY_NAME, listed, q=q, after=after, limit=limit)


async def save_product(session: AsyncSession, product: Product) -> None:
    """Insert or update."""
    session.add(product)
    await session.flush()


_BY_NAME = Listing(
    Product, FoundProduct, ("sort_name", "id"), lambda product: (product.name, product.sku, product.category)
)
