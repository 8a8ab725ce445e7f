"""What a client did with a document, as published events."""

from sqlalchemy.ext.asyncio import AsyncSession

from portal.models import DocumentView, EstimateAnswer
from shared.bus import outbox
from shared.events.portal import (
    DocumentViewed,
    DocumentViewState,
    EstimateAccepted,
    EstimateAnswerState,
    EstimateRejected,
)


async def record_answer(session: AsyncSession, answer: EstimateAnswer) -> None:
    data = EstimateAnswerState(
        id=answer.id,
        document_id=answer.document_id,
        contact_id=answer.contact_id,
        reason=answer.reason,
        answered_at=answer.answered_at,
    )
    event = EstimateAccepted if answer.accepted else EstimateRejected
    await outbox.record(session, event, subject=answer.id, version=1, data=data)


async def record_view(session: AsyncSession, view: DocumentView) -> None:
    data = DocumentViewState(
        id=view.id, document_id=view.document_id, contact_id=view.contact_id, viewed_at=view.viewed_at
    )
    await outbox.record(session, DocumentViewed, subject=view.id, version=1, data=data)
