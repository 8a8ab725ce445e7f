"""Rows of products as published events."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from documents.models import Product
from shared.bus import outbox
from shared.events.base import Event
from shared.events.documents import ProductState, ProductUpdated


async def record_product(
    session: AsyncSession, event: type[Event[ProductState]], product: Product, *, changed: Iterable[str] = ()
) -> None:
    data = _state(product)
    await outbox.record(session, event, subject=product.id, version=product.version, data=data, changed=changed)


def restate_product(product: Product) -> Event[ProductState]:
    return ProductUpdated.restated(
        org_id=product.org_id,
        subject=product.id,
        version=product.version,
        as_of=product.updated_at,
        data=_state(product),
    )


def _state(product: Product) -> ProductState:
    """What it costs us stays at home."""
    return ProductState(
        id=product.id,
        name=product.name,
        sku=product.sku,
        description=product.description,
        category=product.category,
        unit_price=product.unit_price,
        currency=product.currency,
        taxes=product.taxes,
        in_catalogue=product.in_catalogue,
        active=product.active,
    )
