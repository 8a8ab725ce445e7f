"""Every SQL statement over orders."""

from uuid import UUID

from sqlalchemy import select

from portal.client import ClientScope
from portal.models import ClientOrder
from portal.repository import belongs_to


async def add_order(client: ClientScope, order: ClientOrder) -> None:
    client.session.add(order)
    await client.session.flush()


async def list_orders(client: ClientScope, *, after: UUID | None, limit: int) -> list[ClientOrder]:
    """Newest first."""
    statement = select(ClientOrder).where(belongs_to(client, ClientOrder)).order_by(ClientOrder.id.desc()).limit(limit)
    if after:
        statement = statement.where(ClientOrder.id < after)
    return list((await client.session.execute(statement)).scalars())
