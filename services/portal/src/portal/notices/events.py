"""Security notices to clients, as published events."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from portal.models import Contact, Organization
from shared.bus import outbox
from shared.clock import utc_now
from shared.events.portal import ClientNoticeKind, ClientNoticeRaised, ClientNoticeState
from shared.identifiers import new_id


async def record_notices(
    session: AsyncSession,
    kind: ClientNoticeKind,
    contact: Contact,
    organization: Organization,
    *,
    emails: Iterable[str],
) -> None:
    """One for each address: nobody is shown another's."""
    for email in emails:
        notice = ClientNoticeState(
            id=new_id(),
            kind=kind,
            email=email,
            name=contact.name,
            language=contact.language or organization.language,
            organization_name=organization.name,
            at=utc_now(),
        )
        await outbox.record(session, ClientNoticeRaised, subject=notice.id, version=1, data=notice)
