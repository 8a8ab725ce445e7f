"""Every SQL statement over choices."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.models import ClientChoice
from shared.clock import utc_now
from shared.db.tenancy import look_up, org_of


async def add_choice(session: AsyncSession, choice: ClientChoice) -> None:
    session.add(choice)
    await session.flush()


async def find_choices(session: AsyncSession, choices_hash: str) -> Sequence[ClientChoice]:
    """Of all organisations, while they last."""
    await look_up(session, choices_hash)
    statement = (
        select(ClientChoice)
        .where(ClientChoice.choices_hash == choices_hash, ClientChoice.expires_at > utc_now())
        .order_by(ClientChoice.org_id, ClientChoice.contact_id)
    )
    return (await session.execute(statement)).scalars().all()


async def end_choices(session: AsyncSession, choices_hash: str) -> None:
    """Those of the organisation that the session is held to."""
    await session.execute(
        delete(ClientChoice).where(ClientChoice.org_id == org_of(session), ClientChoice.choices_hash == choices_hash)
    )


async def end_choices_of(session: AsyncSession, contact_id: UUID, *, but: str | None = None) -> None:
    """All but those of one browser."""
    mine = (ClientChoice.org_id == org_of(session)) & (ClientChoice.contact_id == contact_id)
    ended = delete(ClientChoice).where(mine)
    await session.execute(ended.where(ClientChoice.choices_hash != but) if but else ended)


async def end_expired_choices(session: AsyncSession, contact_id: UUID) -> None:
    await session.execute(
        delete(ClientChoice).where(
            ClientChoice.org_id == org_of(session),
            ClientChoice.contact_id == contact_id,
            ClientChoice.expires_at <= utc_now(),
        )
    )
