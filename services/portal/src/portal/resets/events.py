"""A wish for a new password as published event."""

from sqlalchemy.ext.asyncio import AsyncSession

from portal.models import Contact, Organization, PasswordReset
from shared.bus import outbox
from shared.events.portal import PasswordResetRequested, PasswordResetState


async def record_requested(
    session: AsyncSession, reset: PasswordReset, contact: Contact, organization: Organization
) -> None:
    """Nothing of what opens it: events go to other systems."""
    data = PasswordResetState(
        id=reset.id,
        contact_id=reset.contact_id,
        contact_name=contact.name,
        email=reset.email,
        language=contact.language or organization.language,
        organization_name=organization.name,
        expires_at=reset.expires_at,
    )
    await outbox.record(session, PasswordResetRequested, subject=reset.id, version=1, data=data)
