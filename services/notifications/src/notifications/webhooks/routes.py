"""The HTTP door of webhooks."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from notifications.webhooks import service
from notifications.webhooks.dependencies import SealerDep, TargetsDep
from notifications.webhooks.makers import service as makers
from notifications.webhooks.schemas import NewWebhookOut, WebhookIn, WebhookOut, WebhookPatch
from shared.errors import invalid
from shared.web.correlation import scope_for
from shared.web.identity import Authorize, IdentityDep
from shared.web.pagination import CursorParam, LimitParam, Page, decode_cursor, encode_cursor
from shared.web.session import SessionDep, database_of
from shared.web.versions import ExpectedVersion, set_etag

# No IdempotentRoute: some answers carry a secret, and would be stored.
router = APIRouter(prefix="/api/v1/webhooks", tags=["webhooks"], dependencies=[Depends(Authorize("notifications"))])


@router.get("")
async def list_webhooks(session: SessionDep, limit: LimitParam = 50, cursor: CursorParam = None) -> Page[WebhookOut]:
    """Newest first."""
    await makers.disable_without_maker(session)
    rows = await service.list_webhooks(session, after=id_in(cursor), limit=limit + 1)
    return Page(
        items=[WebhookOut.model_validate(row) for row in rows[:limit]],
        next_cursor=encode_cursor(rows[limit - 1].id) if len(rows) > limit else None,
    )


@router.post("", status_code=201)
async def create_webhook(
    request: Request,
    identity: IdentityDep,
    targets: TargetsDep,
    sealer: SealerDep,
    body: WebhookIn,
    response: Response,
) -> NewWebhookOut:
    """Whoever makes it must be allowed to read every event that will go there.

    `secret` is shown in this answer and never again, not even to a repeated Idempotency-Key.
    """
    url = await targets.check(body.url)
    async with database_of(request).transaction(scope_for(request, identity)) as session:
        webhook, secret = await service.create_webhook(session, body, url=url, asker=identity, sealer=sealer)
    response.headers["Location"] = f"/api/v1/webhooks/{webhook.id}"
    return _shown_once(WebhookOut.model_validate(webhook), secret, response)


@router.get("/{webhook_id}")
async def get_webhook(session: SessionDep, webhook_id: UUID, response: Response) -> WebhookOut:
    await makers.disable_without_maker(session)
    webhook = await service.get_webhook(session, webhook_id)
    set_etag(response, webhook.version)
    return WebhookOut.model_validate(webhook)


@router.patch("/{webhook_id}")
async def update_webhook(
    request: Request,
    identity: IdentityDep,
    targets: TargetsDep,
    webhook_id: UUID,
    body: WebhookPatch,
    expected: ExpectedVersion,
    response: Response,
) -> WebhookOut:
    """Enabling it sends what has waited meanwhile; what happened while it was disabled did not wait."""
    given = body.model_dump(exclude_unset=True)
    if "url" in given:
        given["url"] = await targets.check(body.url)
    async with database_of(request).transaction(scope_for(request, identity)) as session:
        await makers.disable_without_maker(session)
        webhook = await service.update_webhook(session, webhook_id, given, asker=identity, expected=expected)
    set_etag(response, webhook.version)
    return WebhookOut.model_validate(webhook)


@router.delete("/{webhook_id}", status_code=204)
async def delete_webhook(session: SessionDep, webhook_id: UUID, expected: ExpectedVersion) -> None:
    """With its log."""
    await service.delete_webhook(session, webhook_id, expected=expected)


@router.post("/{webhook_id}/rotate-secret")
async def rotate_secret(
    session: SessionDep, sealer: SealerDep, webhook_id: UUID, expected: ExpectedVersion, response: Response
) -> NewWebhookOut:
    """A new secret, shown in this answer and never again. For 24 hours the one before it signs as well."""
    webhook, secret = await service.rotate_secret(session, webhook_id, expected=expected, sealer=sealer)
    return _shown_once(WebhookOut.model_validate(webhook), secret, response)


def id_in(cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    [last_id] = decode_cursor(cursor, size=1)
    try:
        return UUID(str(last_id))
    except ValueError:
        raise invalid("cursor", "cursor_invalid", "The cursor is not one this list gave.") from None


def _shown_once(webhook: WebhookOut, secret: str, response: Response) -> NewWebhookOut:
    set_etag(response, webhook.version)
    response.headers["Cache-Control"] = "no-store"
    return NewWebhookOut(**webhook.model_dump(), secret=secret)
