"""Every SQL statement of accounts."""

from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.accounts.errors import UserNotFound
from gateway.accounts.models import Logo, Organization, User
from shared.db.snapshot import only_read
from shared.db.tenancy import look_up, org_of

_BOOTSTRAP_LOCK = "gateway bootstrap"


async def hold_bootstrap(session: AsyncSession) -> None:
    """One process at a time, until the transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(_BOOTSTRAP_LOCK, 0))))


async def add(session: AsyncSession, row: Organization | User) -> None:
    session.add(row)
    await session.flush()


async def find_organization_by_slug(session: AsyncSession, slug: str) -> Organization | None:
    """Of whichever organisation."""
    await look_up(session, slug)
    return (await session.execute(select(Organization).where(Organization.slug == slug))).scalar_one_or_none()


async def list_organization_ids(session: AsyncSession, *, after: UUID | None, limit: int) -> list[UUID]:
    """Of every organisation: the one statement that looks past row-level security, in a transaction that only reads."""
    await only_read(session)
    await session.execute(_OPEN_LISTING)
    statement = select(Organization.org_id).order_by(Organization.org_id).limit(limit)
    if after:
        statement = statement.where(Organization.org_id > after)
    return list((await session.execute(statement)).scalars())


async def get_organization(session: AsyncSession, *, lock: bool = False) -> Organization:
    statement = select(Organization).where(Organization.org_id == org_of(session))
    if lock:
        statement = statement.with_for_update()
    return (await session.execute(statement)).scalar_one()


async def keep_logo(session: AsyncSession, digest: str, content: bytes) -> None:
    """In the place of the one before."""
    statement = insert(Logo).values(org_id=org_of(session), digest=digest, content=content)
    renewed = {"digest": digest, "content": content}
    await session.execute(statement.on_conflict_do_update(index_elements=["org_id"], set_=renewed))


async def remove_logo(session: AsyncSession) -> None:
    await session.execute(delete(Logo).where(Logo.org_id == org_of(session)))


async def find_logo(session: AsyncSession, digest: str) -> bytes | None:
    """Of whichever organisation; two may have the same."""
    await look_up(session, digest)
    return (await session.execute(select(Logo.content).where(Logo.digest == digest).limit(1))).scalar_one_or_none()


async def find_user_by_email(session: AsyncSession, email: str) -> User | None:
    """Of whichever organisation."""
    await look_up(session, email)
    return (await session.execute(select(User).where(User.email == email))).scalar_one_or_none()


async def get_user(session: AsyncSession, user_id: UUID, *, lock: bool = False) -> User | None:
    statement = select(User).where(User.org_id == org_of(session), User.id == user_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def require_user(session: AsyncSession, user_id: UUID, *, lock: bool = False) -> User:
    """Raises UserNotFound."""
    user = await get_user(session, user_id, lock=lock)
    if user is None:
        raise UserNotFound()
    return user


async def list_users(session: AsyncSession, *, after: UUID | None, limit: int) -> list[User]:
    """By age."""
    statement = select(User).where(User.org_id == org_of(session)).order_by(User.id).limit(limit)
    if after:
        statement = statement.where(User.id > after)
    return list((await session.execute(statement)).scalars())


async def lock_administrators(session: AsyncSession) -> set[UUID]:
    """The active ones, held until the transaction ends: two may not step down at once."""
    statement = (
        select(User.id).where(User.org_id == org_of(session), User.is_admin, User.active).order_by(User.id)
    ).with_for_update()
    return set((await session.execute(statement)).scalars())


_OPEN_LISTING = text("SELECT set_config('app.listing', 'organizations', true)")
