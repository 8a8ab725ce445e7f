"""Every SQL statement over sessions."""

from uuid import UUID

from sqlalchemy import delete, exists, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from portal.client import ClientScope
from portal.models import ClientSession, Login
from portal.repository import belongs_to
from shared.clock import utc_now
from shared.db.tenancy import LOOKUP_SETTING, look_up, org_of

CLIENT_SETTING = "app.contact_id"


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
