"""A wish for a new password as published event."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from portal.models import Contact, Organization, PasswordReset
from shared.bus import outbox
from shared.events.portal import NamedContact, PasswordResetRequested, PasswordResetState


async def record_requested(
    session: AsyncSession, reset: PasswordReset, contacts: Sequence[Contact], organization: Organization
) -> None:
    """Nothing of what opens it: events go to other systems."""
    first = contacts[0]
    data = PasswordResetState(
        id=reset.id,
        contact_id=first.contact_id,
        contact_name=first.name,
        contacts=[NamedContact(id=contact.contact_id, name=contact.name) for contact in contacts],
        email=reset.email,
        language=first.language or organization.language,
        organization_name=organization.name,
        expires_at=reset.expires_at,
    )
    await outbox.record(session, PasswordResetRequested, subject=reset.id, version=1, data=data)
