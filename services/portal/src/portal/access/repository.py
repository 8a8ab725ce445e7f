"""Every SQL statement over access."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from portal.client import ClientScope
from portal.logins.repository import hold_logins
from portal.models import Access
from portal.repository import belongs_to
from shared.clock import utc_now
from shared.db.reading import JsonReader
from shared.db.tenancy import Scope, org_of


async def get_access(session: AsyncSession, contact_id: UUID) -> Access | None:
    statement = select(Access).where(Access.org_id == org_of(session), Access.contact_id == contact_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def get_client_access(client: ClientScope) -> Access | None:
    """None in a preview of what nobody has set yet."""
    return (await client.session.execute(select(Access).where(belongs_to(client, Access)))).scalar_one_or_none()


async def lock_access(session: AsyncSession, contact_id: UUID) -> Access:
    """The row, held until the transaction ends; at version 0 when it had to be made."""
    await hold_logins(session, contact_id)
    blank = untouched(session, contact_id)
    await session.execute(insert(Access).values(blank).on_conflict_do_nothing())
    statement = (
        select(Access)
        .where(Access.org_id == org_of(session), Access.contact_id == contact_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one()


def untouched(session: AsyncSession, contact_id: UUID) -> dict[str, object]:
    """What holds until staff say something: everything closed."""
    now = utc_now()
    return {
        "org_id": org_of(session),
        "contact_id": contact_id,
        "version": 0,
        "created_at": now,
        "updated_at": now,
        "enabled": False,
        "payment_methods": [],
        "catalogue": False,
        "emails": None,
        "password_hash": None,
        "other_hashes": [],
    }


async def save_access(session: AsyncSession, access: Access) -> None:
    session.add(access)
    await session.flush()


async def read_panel_part(reader: JsonReader, scope: Scope, contact_id: UUID, *, public_url: str) -> bytes:
    """`{"portal": …}` in one statement, also for a contact nobody has opened a portal for."""
    part = await reader.read(scope, _PANEL_PART, scope.org_id, contact_id, public_url)
    assert part
    return part


_PANEL_PART = """
SELECT json_build_object('portal', json_build_object(
    'enabled', coalesce(a.enabled, false),
    'has_password', a.password_hash IS NOT NULL,
    'payment_methods', coalesce(a.payment_methods, '{}'),
    'catalogue', coalesce(a.catalogue, false),
    'emails', coalesce(a.emails, '{}'),
    'waiting', coalesce((
        SELECT array_agg(DISTINCT lower(btrim(e))) FROM contact c, unnest(c.emails) e
        WHERE c.org_id = $1 AND c.contact_id = $2 AND NOT c.deleted AND lower(btrim(e)) <> ALL (a.emails)
    ), '{}'),
    'url', $3::text || '/portal' || coalesce('?org=' || (SELECT slug FROM organization WHERE org_id = $1), '')))::text
FROM (SELECT 1) one LEFT JOIN access a ON a.org_id = $1 AND a.contact_id = $2
"""
