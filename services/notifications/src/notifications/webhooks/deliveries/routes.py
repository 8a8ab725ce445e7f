"""The HTTP door of deliveries: what went to a webhook, and what should go again."""

from operator import attrgetter
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from notifications.webhooks.deliveries import service
from notifications.webhooks.deliveries.schemas import DeliveryDetail, DeliveryOut, ResendIn, ResendOut, Status
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize, IdentityDep
from shared.web.pagination import BY_ID, CursorParam, LimitParam, Page, page_of
from shared.web.session import SessionDep

router = APIRouter(
    prefix="/api/v1/webhooks/{webhook_id}",
    tags=["webhooks"],
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("notifications"))],
)


@router.post("/test", status_code=202)
async def test_webhook(session: SessionDep, webhook_id: UUID) -> DeliveryOut:
    """Sends it `ficha.notifications.webhook.pinged.v1`, whatever it has chosen. Its log tells what became of it."""
    return DeliveryOut.model_validate(await service.ping(session, webhook_id))


@router.post("/resend")
async def resend_failed(session: SessionDep, webhook_id: UUID, body: ResendIn) -> ResendOut:
    """Everything that was given up since then, once more, oldest first: to catch up after an outage."""
    queued = await service.resend_failed(session, webhook_id, since=body.since)
    return ResendOut(queued=queued, more=queued == service.MOST_REQUEUED)


@router.get("/deliveries")
async def list_deliveries(
    session: SessionDep,
    identity: IdentityDep,
    webhook_id: UUID,
    status: Status | None = None,
    type_: Annotated[str | None, Query(alias="type", max_length=100, description="an event's wire name")] = None,
    limit: LimitParam = 50,
    cursor: CursorParam = None,
) -> Page[DeliveryOut]:
    """Newest event first, of those that whoever asks may read. Kept for 30 days."""
    rows = await service.list_deliveries(
        session,
        webhook_id,
        scopes=identity.scopes,
        status=status,
        type_=type_,
        after=BY_ID.decode(cursor),
        limit=limit + 1,
    )
    return page_of(rows, limit, DeliveryOut.model_validate, cursor=BY_ID, key=attrgetter("id"))


@router.get("/deliveries/{delivery_id}")
async def get_delivery(
    session: SessionDep, identity: IdentityDep, webhook_id: UUID, delivery_id: UUID
) -> DeliveryDetail:
    """With the log of its attempts."""
    delivery = await service.get_delivery(session, webhook_id, delivery_id, scopes=identity.scopes)
    shown = DeliveryDetail.model_validate(delivery)
    return shown.model_copy(update={"log": shown.log[::-1]})


@router.post("/deliveries/{delivery_id}/resend")
async def resend_delivery(
    session: SessionDep, identity: IdentityDep, webhook_id: UUID, delivery_id: UUID
) -> DeliveryOut:
    """Once more, now, under the same `webhook-id`, whatever became of it before."""
    delivery = await service.resend_delivery(session, webhook_id, delivery_id, scopes=identity.scopes)
    return DeliveryOut.model_validate(delivery)
