"""Every SQL statement over previews."""

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.models import ClientSession, Preview
from shared.clock import utc_now
from shared.db.tenancy import look_up, org_of


async def save_preview(session: AsyncSession, preview: Preview) -> None:
    session.add(preview)
    await session.flush()


async def find_preview(session: AsyncSession, token_hash: str) -> Preview | None:
    """Of whichever organisation."""
    await look_up(session, token_hash)
    return (await session.execute(select(Preview).where(Preview.token_hash == token_hash))).scalar_one_or_none()


async def lock_preview(session: AsyncSession, preview: Preview) -> Preview:
    statement = (
        select(Preview)
        .where(Preview.org_id == org_of(session), Preview.id == preview.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one()


async def end_previews(session: AsyncSession, actor: str) -> None:
    """Links and views, of this actor or of all like it (`%`). The log stays."""
    now = utc_now()
    theirs = (Preview.org_id == org_of(session)) & Preview.actor.like(actor)
    await session.execute(update(Preview).where(theirs, Preview.expires_at > now).values(expires_at=now))
    await session.execute(
        delete(ClientSession).where(
            ClientSession.org_id == org_of(session), ClientSession.read_only, ClientSession.actor.like(actor)
        )
    )
