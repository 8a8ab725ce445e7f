"""Every SQL statement over logins and sessions."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, exists, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from portal.client import ClientScope
from portal.models import Access, ClientSession, Contact, Login, Organization
from portal.repository import belongs_to
from shared.clock import utc_now
from shared.db.tenancy import LOOKUP_SETTING, look_up, org_of

CLIENT_SETTING = "app.contact_id"
MOST_LOGINS = 4


async def find_logins(session: AsyncSession, email: str, *, slug: str | None) -> list[Login]:
    """Of whichever organisation, or of the one so called; as many statements whether there is one or not."""
    statement = select(Login).where(Login.email == email).order_by(Login.contact_id).limit(MOST_LOGINS)
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


async def hold_logins(session: AsyncSession, contact_id: UUID) -> None:
    """One writer of a contact's logins at a time: what it reads afterwards is what was committed last."""
    key = func.hashtextextended(f"login {org_of(session)} {contact_id}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))


async def read_way_in(session: AsyncSession, contact_id: UUID) -> tuple[list[str], str] | None:
    """E-mails and password hash that open the contact's portal; None while it is closed."""
    statement = (
        select(Contact.emails, Access.password_hash)
        .join(Access, (Access.org_id == Contact.org_id) & (Access.contact_id == Contact.contact_id))
        .where(
            Contact.org_id == org_of(session),
            Contact.contact_id == contact_id,
            Contact.deleted.is_(False),
            Access.enabled,
            Access.password_hash.is_not(None),
        )
    )
    row = (await session.execute(statement)).one_or_none()
    return (list(row[0]), str(row[1])) if row else None


async def set_logins(session: AsyncSession, contact_id: UUID, emails: Sequence[str], password_hash: str) -> None:
    """These and no others."""
    mine = (Login.org_id == org_of(session)) & (Login.contact_id == contact_id)
    await session.execute(delete(Login).where(mine, Login.email.not_in(emails)))
    if emails:
        statement = insert(Login).values(
            [
                {"org_id": org_of(session), "contact_id": contact_id, "email": email, "password_hash": password_hash}
                for email in emails
            ]
        )
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["org_id", "contact_id", "email"],
                set_={"password_hash": statement.excluded.password_hash},
            )
        )


async def add_session(session: AsyncSession, row: ClientSession) -> None:
    session.add(row)
    await session.flush()


async def find_session(session: AsyncSession, token_hash: str) -> ClientSession | None:
    """Of whichever organisation, while it lasts."""
    await look_up(session, token_hash)
    statement = select(ClientSession).where(
        ClientSession.token_hash == token_hash, ClientSession.expires_at > utc_now()
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def get_own_session(client: ClientScope) -> ClientSession:
    statement = select(ClientSession).where(
        belongs_to(client, ClientSession), ClientSession.token_hash == client.token_hash
    )
    return (await client.session.execute(statement)).scalar_one()


async def hold_to_client(session: AsyncSession, contact_id: UUID, *, read_only: bool) -> str | None:
    """From here on the transaction sees this contact's rows only, finds nothing by lookup, and in a preview writes
    nothing. Transaction-local, like the tenant's setting. Returns the organisation's time zone, where it is known.
    """
    values = {
        "client": CLIENT_SETTING,
        "contact_id": str(contact_id),
        "lookup": LOOKUP_SETTING,
        "org_id": org_of(session),
    }
    zone: str | None = (await session.execute(_HOLD_READ_ONLY if read_only else _HOLD, values)).scalar_one()
    return zone


async def end_session(session: AsyncSession, token_hash: str) -> None:
    await session.execute(
        delete(ClientSession).where(ClientSession.org_id == org_of(session), ClientSession.token_hash == token_hash)
    )


async def end_sessions(session: AsyncSession, contact_id: UUID) -> None:
    """The client's own; previews end by themselves."""
    await session.execute(
        delete(ClientSession).where(
            ClientSession.org_id == org_of(session),
            ClientSession.contact_id == contact_id,
            ClientSession.email.is_not(None),
        )
    )


async def end_expired_sessions(session: AsyncSession, contact_id: UUID) -> None:
    """Also of previews."""
    await session.execute(
        delete(ClientSession).where(
            ClientSession.org_id == org_of(session),
            ClientSession.contact_id == contact_id,
            ClientSession.expires_at <= utc_now(),
        )
    )


async def end_sessions_without_login(session: AsyncSession, contact_id: UUID) -> None:
    login = exists().where(
        Login.org_id == ClientSession.org_id,
        Login.contact_id == ClientSession.contact_id,
        Login.email == ClientSession.email,
    )
    await session.execute(
        delete(ClientSession).where(
            ClientSession.org_id == org_of(session),
            ClientSession.contact_id == contact_id,
            ClientSession.email.is_not(None),
            ~login,
        )
    )


_HELD = """SELECT (SELECT time_zone FROM organization WHERE org_id = :org_id),
       set_config(:client, :contact_id, true), set_config(:lookup, '', true)"""
_HOLD = text(_HELD)
_HOLD_READ_ONLY = text(f"{_HELD}, set_config('transaction_read_only', 'on', true)")
