"""Telling a client of what was changed about its portal, at the addresses that open it and those that did."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from portal.notices import events
from portal.replicas import repository as replicas
from shared.events.portal import ClientNoticeKind


async def tell(session: AsyncSession, contact_id: UUID, kind: ClientNoticeKind, emails: Iterable[str]) -> None:
    """Each address once. Nobody is told in the name of a company that is not known here yet."""
    contact = await replicas.get_contact(session, contact_id)
    organization = await replicas.get_organization(session)
    if contact is not None and organization is not None:
        await events.record_notices(session, kind, contact, organization, emails=dict.fromkeys(emails))


async def tell_of_device(session: AsyncSession, contact_id: UUID, email: str) -> None:
    """At the address that was logged in with."""
    contact = await replicas.get_contact(session, contact_id)
    organization = await replicas.get_organization(session)
    if contact is not None and organization is not None:
        await events.record_new_device(session, contact, organization, email)
