"""Notices to clients, as published events."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from portal.models import Contact, Organization
from shared.bus import outbox
from shared.clock import utc_now
from shared.events.portal import (
    ClientNoticeKind,
    ClientNoticeRaised,
    ClientNoticeState,
    NewDeviceNoticed,
    NewDeviceState,
)
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
        notice = ClientNoticeState(id=new_id(), kind=kind, **_addressed(email, contact, organization))
        await outbox.record(session, ClientNoticeRaised, subject=notice.id, version=1, data=notice)


async def record_new_device(session: AsyncSession, contact: Contact, organization: Organization, email: str) -> None:
    notice = NewDeviceState(id=new_id(), **_addressed(email, contact, organization))
    await outbox.record(session, NewDeviceNoticed, subject=notice.id, version=1, data=notice)


def _addressed(email: str, contact: Contact, organization: Organization) -> dict[str, Any]:
    return {
        "email": email,
        "name": contact.name,
        "language": contact.language or organization.language,
        "organization_name": organization.name,
        "at": utc_now(),
        "time_zone": organization.time_zone,
    }
