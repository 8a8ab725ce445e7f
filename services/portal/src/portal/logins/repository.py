"""Every SQL statement over logins and their salts."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from portal.models import Access, Login, LoginSalt, Organization
from shared.db.tenancy import look_up, org_of


async def find_logins(session: AsyncSession, email: str, *, slug: str | None) -> list[Login]:
    """Of whichever organisation, or of the one so called; as many statements whether there is one or not."""
    statement = select(Login).where(Login.email == email).order_by(Login.org_id, Login.contact_id)
    if slug is not None:
        await look_up(session, slug)
        named = select(Organization.org_id).where(Organization.slug == slug).limit(1)
        statement = statement.where(Login.org_id == (await session.execute(named)).scalar())
    await look_up(session, email)
    return list((await session.execute(statement)).scalars())


async def hold_login(session: AsyncSession, login: Login) -> str | None:
    """The password hash of a login that is still there, kept from changing until the transaction ends."""
    statement = (
        select(Login.password_hash)
        .where(Login.org_id == org_of(session), Login.contact_id == login.contact_id, Login.email == login.email)
        .with_for_update()
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def keep_login(session: AsyncSession, login: Login) -> bool:
    """False when it is gone; else nobody removes it until the transaction ends."""
    statement = (
        select(Login.email)
        .where(Login.org_id == org_of(session), Login.contact_id == login.contact_id, Login.email == login.email)
        .with_for_update(key_share=True, read=True)
    )
    return (await session.execute(statement)).first() is not None


async def lock_known_access(session: AsyncSession, contact_id: UUID) -> Access | None:
    """One writer of a contact's logins at a time: what it reads afterwards is what was committed last."""
    await hold_logins(session, contact_id)
    statement = (
        select(Access)
        .where(Access.org_id == org_of(session), Access.contact_id == contact_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def hold_logins(session: AsyncSession, contact_id: UUID) -> None:
    """Also while nothing is known of its access. Always before the lock of its row."""
    key = func.hashtextextended(f"login {org_of(session)} {contact_id}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))


async def read_logins(session: AsyncSession, contact_id: UUID) -> dict[str, str]:
    """The password hash by e-mail."""
    statement = select(Login.email, Login.password_hash).where(
        Login.org_id == org_of(session), Login.contact_id == contact_id
    )
    return {row[0]: row[1] for row in (await session.execute(statement)).all()}


async def set_logins(session: AsyncSession, contact_id: UUID, logins: Mapping[str, str]) -> None:
    """These and no others; the password hash by e-mail."""
    mine = (Login.org_id == org_of(session)) & (Login.contact_id == contact_id)
    await session.execute(delete(Login).where(mine, Login.email.not_in(logins)))
    if logins:
        statement = insert(Login).values(
            [
                {"org_id": org_of(session), "contact_id": contact_id, "email": email, "password_hash": password_hash}
                for email, password_hash in logins.items()
            ]
        )
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["org_id", "contact_id", "email"],
                set_={"password_hash": statement.excluded.password_hash},
            )
        )


async def read_salt(session: AsyncSession, key: str) -> str | None:
    """Whatever organisation the session is held to."""
    await look_up(session, key)
    return (await session.execute(select(LoginSalt.salt).where(LoginSalt.key == key))).scalar_one_or_none()


async def find_hash(session: AsyncSession, email: str) -> str | None:
    """Of any login of this e-mail, whoever's."""
    await look_up(session, email)
    statement = (
        select(Login.password_hash)
        .where(Login.email == email, Login.password_hash != "")
        .order_by(Login.contact_id)
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def add_salts(session: AsyncSession, salts: Mapping[str, str]) -> None:
    """By key. Who came first keeps its own."""
    rows: Sequence[dict[str, object]] = [
        {"org_id": org_of(session), "key": key, "salt": salt} for key, salt in sorted(salts.items())
    ]
    if rows:
        await session.execute(insert(LoginSalt).values(rows).on_conflict_do_nothing())
