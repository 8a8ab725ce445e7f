"""Every SQL statement over previews."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.models import Preview
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
