"""Noticing that a portal is entered from a browser that it was never entered from."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from portal.devices import repository
from portal.notices import service as notices
from shared.clock import utc_now

DEVICE_LIFE = timedelta(days=365)
_MOST_DEVICES = 50
"""Of one login. Whoever keeps no cookies is new each time, and must not fill the table."""


async def is_known(session: AsyncSession, email: str, device: str) -> bool:
    """Whether this e-mail entered any portal from it before. Wants a scope of no organisation."""
    return await repository.is_known(session, email, device)


async def note_device(session: AsyncSession, contact_id: UUID, email: str, device: str) -> None:
    """`device`: the hash of the browser's cookie. The first one is no news to anybody.

    Call it before the transaction is held to the client: the mail is in the company's name.
    """
    now = utc_now()
    before = await repository.has_devices(session, contact_id, email)
    if await repository.keep_device(session, contact_id, email, device, now) and before:
        await notices.tell_of_device(session, contact_id, email)
    await repository.forget_devices(session, contact_id, email, unseen_since=now - DEVICE_LIFE, but=_MOST_DEVICES)


async def forget_devices_of(session: AsyncSession, contact_id: UUID) -> None:
    """After a change of password: whoever uses them now has to be looked at anew."""
    await repository.forget_devices_of(session, contact_id)
