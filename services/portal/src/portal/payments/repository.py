"""Every SQL statement over payment attempts."""

from sqlalchemy.dialects.postgresql import insert

from portal.client import ClientScope
from portal.models import Document, PaymentAttempt
from shared.clock import utc_now


async def keep_attempt(client: ClientScope, document: Document, *, method: str, reference: str) -> None:
    """One row per document and way of paying: the last time counts."""
    statement = insert(PaymentAttempt).values(
        org_id=client.org_id,
        document_id=document.id,
        method=method,
        contact_id=client.contact_id,
        reference=reference,
        amount=document.pending_total,
        currency=document.currency,
        asked_at=utc_now(),
    )
    new = statement.excluded
    await client.session.execute(
        statement.on_conflict_do_update(
            index_elements=["org_id", "document_id", "method"],
            set_={name: new[name] for name in ("reference", "amount", "currency", "asked_at")},
        )
    )
