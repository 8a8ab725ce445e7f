"""Rows of access as published events."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from portal.models import Access
from shared.bus import outbox
from shared.events.portal import AccessChanged, AccessState


async def record_access(session: AsyncSession, access: Access, *, changed: Iterable[str]) -> None:
    """Whether there is a password, never anything of it."""
    data = AccessState(
        contact_id=access.contact_id,
        enabled=access.enabled,
        has_password=access.has_password,
        payment_methods=access.payment_methods,
        catalogue=access.catalogue,
    )
    await outbox.record(
        session, AccessChanged, subject=access.contact_id, version=access.version, data=data, changed=changed
    )
