"""Every SQL statement over our copies of logos."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from documents.models import LogoCopy
from shared.db.tenancy import org_of


async def find_logo(session: AsyncSession, digest: str) -> bytes | None:
    statement = select(LogoCopy.content).where(LogoCopy.org_id == org_of(session), LogoCopy.digest == digest)
    return (await session.execute(statement)).scalar_one_or_none()


async def keep_logo(session: AsyncSession, digest: str, content: bytes) -> None:
    statement = insert(LogoCopy).values(org_id=org_of(session), digest=digest, content=content)
    await session.execute(statement.on_conflict_do_nothing())
