"""Rows of orders as published events."""

from sqlalchemy.ext.asyncio import AsyncSession

from portal.models import ClientOrder
from shared.bus import outbox
from shared.events.portal import OrderPlaced, OrderState


async def record_order(session: AsyncSession, order: ClientOrder) -> None:
    """What they cost is documents' to say; where it cannot be said any more, the order stands as it was placed."""
    data = OrderState.model_validate(
        {
            "id": order.id,
            "contact_id": order.contact_id,
            "currency": order.lines[0]["currency"],
            "lines": order.lines,
            "notes": order.notes,
            "placed_at": order.placed_at,
        }
    )
    await outbox.record(session, OrderPlaced, subject=order.id, version=1, data=data)
