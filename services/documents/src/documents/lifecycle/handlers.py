"""The bus door of documents: what clients said to estimates in the portal."""

from sqlalchemy.ext.asyncio import AsyncSession

from documents.lifecycle import service
from shared.bus.consumer import Subscription
from shared.events.portal import EstimateAccepted, EstimateRejected


async def on_estimate_accepted(session: AsyncSession, event: EstimateAccepted) -> None:
    await service.hear_answer(session, event.data.document_id, "accepted", reason=event.data.reason)


async def on_estimate_rejected(session: AsyncSession, event: EstimateRejected) -> None:
    await service.hear_answer(session, event.data.document_id, "rejected", reason=event.data.reason)


SUBSCRIPTIONS = (
    Subscription(EstimateAccepted, on_estimate_accepted),
    Subscription(EstimateRejected, on_estimate_rejected),
)
