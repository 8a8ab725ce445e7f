"""Every SQL statement of products."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from documents.errors import ProductNotFound
from documents.folding import fold, words_of
from documents.models import FoundProduct, Product
from shared.db.finding import read_found
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
    after: list[Any] | None,
    limit: int,
) -> list[Product]:
    """By name."""
    found = select(FoundProduct.org_id, FoundProduct.id).where(FoundProduct.org_id == org_of(session))
    for word in words_of(q):
        found = found.where(FoundProduct.search.contains(word, autoescape=True))
    if in_catalogue is not None:
        found = found.where(FoundProduct.in_catalogue.is_(in_catalogue))
    if active is not None:
        found = found.where(FoundProduct.active.is_(active))
    if after:
        found = found.where(tuple_(FoundProduct.sort_name, FoundProduct.id) > tuple_(*after))
    page = found.order_by(FoundProduct.sort_name, FoundProduct.id)
    statement = read_found(Product, page, limit=limit).order_by(Product.sort_name, Product.id)
    return list((await session.execute(statement)).scalars())


async def save_product(session: AsyncSession, product: Product) -> None:
    """Insert or update, with what searching and sorting go by."""
    product.sort_name = fold(product.name)
    product.search = fold(product.name, product.sku, product.category)
    session.add(product)
    await session.flush()
