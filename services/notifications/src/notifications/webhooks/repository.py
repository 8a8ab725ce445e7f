"""Every SQL statement over webhooks."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.models import Webhook, WebhookLane
from notifications.webhooks.errors import WebhookNotFound
from shared.db.tenancy import org_of

_KNOWN = "organisations_with_webhooks"


async def count_webhooks(session: AsyncSession) -> int:
    statement = select(func.count()).where(Webhook.org_id == org_of(session), Webhook.deleted_at.is_(None))
    return (await session.execute(statement)).scalar_one()


async def are_there_any(session: AsyncSession) -> bool:
    """Enabled ones. Looked up once a transaction and organisation: most have none, and many events come together.

    Events of one transaction are all older than it, so a webhook made meanwhile misses none that came after it.
    """
    known: dict[UUID, bool] = session.info.setdefault(_KNOWN, {})
    org_id = org_of(session)
    if org_id not in known:
        known[org_id] = bool((await session.execute(_ANY, {"org_id": org_id})).scalar_one())
    return known[org_id]


async def add_webhook(session: AsyncSession, webhook: Webhook) -> None:
    session.add(webhook)
    await session.flush()
    await session.execute(insert(WebhookLane).values(org_id=webhook.org_id, webhook_id=webhook.id))


async def list_webhooks(session: AsyncSession, *, after: UUID | None, limit: int) -> list[Webhook]:
    """Newest first."""
    statement = select(Webhook).where(Webhook.org_id == org_of(session), Webhook.deleted_at.is_(None))
    if after:
        statement = statement.where(Webhook.id < after)
    return list((await session.execute(statement.order_by(Webhook.id.desc()).limit(limit))).scalars())


async def get_webhook(session: AsyncSession, webhook_id: UUID, *, lock: bool = False) -> Webhook | None:
    """Unless it is deleted. `lock` holds the row until the transaction ends."""
    statement = select(Webhook).where(
        Webhook.org_id == org_of(session), Webhook.id == webhook_id, Webhook.deleted_at.is_(None)
    )
    if lock:
        # No key changes, so what goes to it meanwhile need not wait.
        statement = statement.with_for_update(key_share=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def require_webhook(session: AsyncSession, webhook_id: UUID, *, lock: bool = False) -> Webhook:
    """Raises WebhookNotFound."""
    webhook = await get_webhook(session, webhook_id, lock=lock)
    if webhook is None:
        raise WebhookNotFound()
    return webhook


async def save_webhook(session: AsyncSession, webhook: Webhook) -> None:
    session.add(webhook)
    await session.flush()


async def note_failure(session: AsyncSession, webhook_id: UUID, at: datetime) -> None:
    """Kept is the first one after the last success."""
    mine = (Webhook.org_id == org_of(session)) & (Webhook.id == webhook_id)
    await session.execute(update(Webhook).where(mine, Webhook.failing_since.is_(None)).values(failing_since=at))


async def remove_deleted_webhook(session: AsyncSession, webhook_id: UUID) -> bool:
    """Once its deliveries are gone. False for one that is not deleted."""
    mine = (Webhook.org_id == org_of(session)) & (Webhook.id == webhook_id)
    removed = await session.execute(delete(Webhook).where(mine, Webhook.deleted_at.is_not(None)).returning(Webhook.id))
    if removed.first() is None:
        return False
    lane = (WebhookLane.org_id == org_of(session)) & (WebhookLane.webhook_id == webhook_id)
    await session.execute(delete(WebhookLane).where(lane))
    return True


_ANY = text("SELECT EXISTS (SELECT FROM webhook WHERE org_id = :org_id AND enabled)")
