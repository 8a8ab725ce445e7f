"""What people can do with webhooks. See deliveries/ for what goes to them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from notifications.models import Webhook
from notifications.webhooks import events, filters, repository
from notifications.webhooks.deliveries import repository as deliveries
from notifications.webhooks.errors import ScopeNotHeld, TooManyWebhooks
from notifications.webhooks.schemas import WebhookIn
from notifications.webhooks.sealing import Sealer
from notifications.webhooks.signing import checked_secret, new_secret
from shared.clock import utc_now
from shared.db.tenancy import org_of
from shared.identifiers import new_id
from shared.versions import Expected, check_version
from shared.web.identity import Identity

BOTH_SECRETS_SIGN: Final = timedelta(hours=24)
"""After a rotation."""
MOST_WEBHOOKS: Final = 50
"""An organisation's: each event is held against all of them."""


async def list_webhooks(session: AsyncSession, *, after: UUID | None, limit: int) -> list[Webhook]:
    """Newest first."""
    return await repository.list_webhooks(session, after=after, limit=limit)


async def get_webhook(session: AsyncSession, webhook_id: UUID) -> Webhook:
    """Raises WebhookNotFound."""
    return await repository.require_webhook(session, webhook_id)


async def create_webhook(
    session: AsyncSession, given: WebhookIn, *, url: str, asker: Identity, sealer: Sealer
) -> tuple[Webhook, str]:
    """With its secret, to be shown once. `url` is the checked one. Raises Invalid, ScopeNotHeld, TooManyWebhooks."""
    types = filters.checked(given.types)
    _require_reading(types, asker)
    secret = new_secret() if given.secret is None else checked_secret(given.secret.get_secret_value())
    if await repository.count_webhooks(session) >= MOST_WEBHOOKS:
        raise TooManyWebhooks(f"At most {MOST_WEBHOOKS}.")
    now = utc_now()
    webhook = Webhook(
        org_id=org_of(session),
        id=new_id(),
        version=1,
        created_at=now,
        updated_at=now,
        url=url,
        description=given.description,
        types=types,
        scopes=filters.reading_of(asker),
        enabled=given.enabled,
        disabled_reason=None if given.enabled else "by_person",
        failing_since=None,
        secret=sealer.seal(secret),
        previous_secret=None,
        previous_secret_until=None,
        created_by=asker.actor,
        aimed_by=asker.actor,
        deleted_at=None,
    )
    await repository.add_webhook(session, webhook)
    return webhook, secret


async def update_webhook(
    session: AsyncSession, webhook_id: UUID, given: Mapping[str, Any], *, asker: Identity, expected: Expected
) -> Webhook:
    """Only what was sent changes. Who aims it anew, by `url` (a checked one) or `types`, must be allowed to read all
    that will go there, and from then on nothing else does; so must who enables another's. Enabling sends what waited
    meanwhile.

    Raises WebhookNotFound, StaleVersion, Invalid, ScopeNotHeld.
    """
    webhook = await repository.require_webhook(session, webhook_id, lock=True)
    check_version(expected, webhook.version)
    values = dict(given)
    if values.get("types", webhook.types) != webhook.types:
        values["types"] = filters.checked(values["types"])
    changed = webhook.change(values)
    if not changed:
        return webhook
    # Who enables what was another's takes it over: it may have been disabled because that one is gone.
    taken_over = "enabled" in changed and webhook.enabled and webhook.aimed_by != asker.actor
    if changed & {"url", "types"} or taken_over:
        _require_reading(webhook.types, asker)
        webhook.scopes, webhook.failing_since, webhook.aimed_by = filters.reading_of(asker), None, asker.actor
    if "enabled" in changed and webhook.enabled:
        webhook.disabled_reason, webhook.failing_since = None, None
        await deliveries.wake(session, webhook_id)
    disabled = "enabled" in changed and not webhook.enabled
    if disabled:
        webhook.disabled_reason = "by_person"
    await repository.save_webhook(session, webhook)
    if disabled:
        await events.record_disabled(session, webhook)
    return webhook


async def rotate_secret(
    session: AsyncSession, webhook_id: UUID, *, expected: Expected, sealer: Sealer
) -> tuple[Webhook, str]:
    """The new secret. The one before it signs as well for BOTH_SECRETS_SIGN; one older than that no longer does.

    Raises WebhookNotFound, StaleVersion.
    """
    webhook = await repository.require_webhook(session, webhook_id, lock=True)
    check_version(expected, webhook.version)
    secret = new_secret()
    webhook.previous_secret, webhook.previous_secret_until = webhook.secret, utc_now() + BOTH_SECRETS_SIGN
    webhook.secret = sealer.seal(secret)
    webhook.bump()
    await repository.save_webhook(session, webhook)
    return webhook, secret


async def delete_webhook(session: AsyncSession, webhook_id: UUID, *, expected: Expected) -> None:
    """Nothing goes there from now on. Its log is forgotten later, in pieces. Raises WebhookNotFound, StaleVersion."""
    webhook = await repository.require_webhook(session, webhook_id, lock=True)
    check_version(expected, webhook.version)
    webhook.enabled, webhook.deleted_at = False, utc_now()
    webhook.secret, webhook.previous_secret, webhook.previous_secret_until = b"", None, None
    webhook.bump()
    await repository.save_webhook(session, webhook)


async def disable(session: AsyncSession, webhook: Webhook, reason: str) -> None:
    """A locked webhook. What waits for it stays, and goes on when a person enables it again."""
    webhook.enabled, webhook.disabled_reason = False, reason
    webhook.bump()
    await repository.save_webhook(session, webhook)
    await events.record_disabled(session, webhook)


def _require_reading(types: list[str], asker: Identity) -> None:
    """Raises ScopeNotHeld."""
    missing = sorted(scope for scope in filters.scopes_for(types) if not asker.may(scope))
    if missing:
        raise ScopeNotHeld(f"Not held: {', '.join(missing)}.")
