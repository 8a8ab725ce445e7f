"""What can be done with products."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from documents.models import Product
from documents.products import events, repository
from documents.products.schemas import ProductIn, ProductOut, ProductPatch
from documents.replicas import service as replicas
from documents.taxes.defaults import STANDARD
from shared.clock import utc_now
from shared.db.tenancy import org_of
from shared.errors import invalid
from shared.events.documents import ProductCreated, ProductUpdated
from shared.events.taxes import TaxesWrong, check_taxes
from shared.identifiers import new_id
from shared.versions import Expected, check_version
from shared.web.amending import Amendment


async def list_products(
    session: AsyncSession,
    *,
    q: str | None = None,
    in_catalogue: bool | None = None,
    active: bool | None = None,
    after: Sequence[Any] | None = None,
    limit: int,
) -> list[tuple[Product, tuple[Any, ...]]]:
    """One page; beside each product what the next page comes after."""
    return await repository.list_products(
        session, q=q, in_catalogue=in_catalogue, active=active, after=after, limit=limit
    )


async def get_product(session: AsyncSession, product_id: UUID) -> Product:
    """Raises ProductNotFound."""
    return await repository.require_product(session, product_id)


async def find_products(session: AsyncSession, product_ids: Iterable[UUID]) -> dict[UUID, Product]:
    return await repository.find_products(session, product_ids)


async def create_product(session: AsyncSession, given: ProductIn) -> Product:
    """Raises Invalid for taxes that do not go together."""
    now = utc_now()
    values = dict(given)
    home = await replicas.get_home(session)
    values["taxes"] = _checked(given.taxes if given.taxes is not None else [STANDARD], on=home.today)
    values["currency"] = given.currency or home.currency
    product = Product(org_id=org_of(session), id=new_id(), version=1, created_at=now, updated_at=now, **values)
    await repository.save_product(session, product)
    await events.record_product(session, ProductCreated, product)
    return product


async def update_product(
    session: AsyncSession, product_id: UUID, given: Amendment[ProductPatch], *, expected: Expected
) -> Product:
    """Only what was sent changes; documents already made keep what they say. Raises ProductNotFound, StaleVersion."""
    product = await repository.require_product(session, product_id, lock=True)
    check_version(expected, product.version)
    patch = given.beside(ProductOut.model_validate(product))
    sent = {field: value for field, value in patch if field in patch.model_fields_set}
    if "taxes" in sent and sent["taxes"] != product.taxes:
        sent["taxes"] = _checked(sent["taxes"], on=await replicas.get_today(session))
    changed = product.change(sent)
    if changed:
        await repository.save_product(session, product)
        await events.record_product(session, ProductUpdated, product, changed=changed)
    return product


def _checked(codes: Sequence[str], *, on: date) -> list[str]:
    try:
        check_taxes(codes, on)
    except TaxesWrong as wrong:
        raise invalid("taxes", wrong.code, str(wrong)) from None
    return list(codes)
