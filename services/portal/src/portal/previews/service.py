"""Seeing a portal as its client does. Each look is a row of the log: who, whose, when, opened or not."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from portal.errors import PreviewNotFound
from portal.models import Preview
from portal.previews import repository
from portal.replicas import service as replicas
from portal.sessions import service as sessions
from portal.tokens import hash_of, new_token
from shared.clock import utc_now
from shared.db.tenancy import enter, org_of, scope_of
from shared.identifiers import new_id
from shared.service_client import ServiceClient

NEEDED = frozenset({"portal:read", "portal:write", "documents:read"})
"""To ask for one, and as long as it lasts."""
LIFE = timedelta(minutes=10)
"""Of the link and of the view it opens, together."""


async def create_preview(
    session: AsyncSession, contact_id: UUID, *, asker: ServiceClient, until: datetime | None
) -> tuple[Preview, str]:
    """The log's row, and the token that opens it once, before `until`. Raises ContactNotFound, Unavailable."""
    await replicas.demand_contact(session, contact_id, asker)
    token, scope, now = new_token(), scope_of(session), utc_now()
    preview = Preview(
        org_id=org_of(session),
        id=new_id(),
        contact_id=contact_id,
        token_hash=hash_of(token),
        actor=scope.actor,
        actor_name=scope.actor_name,
        created_at=now,
        expires_at=min(now + LIFE, until or now + LIFE),
        opened_at=None,
    )
    await repository.save_preview(session, preview)
    return preview, token


async def open_preview(session: AsyncSession, token: str) -> tuple[Preview, str]:
    """The token of a read-only session. Wants a scope of no organisation. Raises PreviewNotFound the second time."""
    found = await repository.find_preview(session, hash_of(token))
    if found is None:
        raise PreviewNotFound()
    await enter(session, replace(scope_of(session), org_id=found.org_id, actor=found.actor))
    preview = await repository.lock_preview(session, found)
    now = utc_now()
    if preview.opened_at is not None or preview.expires_at <= now:
        raise PreviewNotFound()
    preview.opened_at = now
    await repository.save_preview(session, preview)
    return preview, await sessions.start_preview(session, preview)


async def end_previews_of_user(session: AsyncSession, user_id: UUID, *, held: frozenset[str]) -> None:
    """Once the person may no longer look. Those that any program asked for end as well, for it may be the person's: a
    preview lasts minutes, and another is soon asked for.
    """
    if "*" not in held and not held >= NEEDED:
        await repository.end_previews(session, f"user:{user_id}")
        await repository.end_previews(session, "key:%")


async def end_previews_of(session: AsyncSession, actor: str) -> None:
    """Open or not."""
    await repository.end_previews(session, actor)
