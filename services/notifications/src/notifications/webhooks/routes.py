"""The HTTP door of webhooks."""

from operator import attrgetter
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from notifications.webhooks import service
from notifications.webhooks.dependencies import SealerDep, TargetsDep
from notifications.webhooks.makers import service as makers
from notifications.webhooks.schemas import NewWebhookOut, WebhookIn, WebhookOut, WebhookPatch
from shared.web.amending import Amended
from shared.web.correlation import scope_for
from shared.web.identity import Authorize, IdentityDep
from shared.web.pagination import BY_ID, CursorParam, LimitParam, Page, page_of
from shared.web.session import SessionDep, database_of
from shared.web.versions import ExpectedVersion, set_etag

# No IdempotentRoute: some answers carry a secret, and would be stored.
router = APIRouter(prefix="/api/v1/webhooks", tags=["webhooks"], dependencies=[Depends(Authorize("notifications"))])


@router.get("")
async def list_webhooks(session: SessionDep, limit: LimitParam = 50, cursor: CursorParam = None) -> Page[WebhookOut]:
    """Newest first."""
    await makers.disable_without_maker(session)
    rows = await service.list_webhooks(session, after=BY_ID.decode(cursor), limit=limit + 1)
    return page_of(rows, limit, WebhookOut.model_validate, cursor=BY_ID, key=attrgetter("id"))


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
    body: Amended[WebhookPatch],
    expected: ExpectedVersion,
    response: Response,
) -> WebhookOut:
    """Enabling it sends what has waited meanwhile; what happened while it was disabled did not wait."""
    database, scope = database_of(request), scope_for(request, identity)
    async with database.transaction(scope) as session:
        present = WebhookOut.model_validate(await service.get_webhook(session, webhook_id))
    given = body.beside(present).model_dump(exclude_unset=True)
    if given.get("url", present.url) != present.url:
        given["url"] = await targets.check(given["url"])
    async with database.transaction(scope) as session:
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


def _shown_once(webhook: WebhookOut, secret: str, response: Response) -> NewWebhookOut:
    set_etag(response, webhook.version)
    response.headers["Cache-Control"] = "no-store"
    return NewWebhookOut(**webhook.model_dump(), secret=secret)
