"""Every SQL statement over deliveries, and over the lanes in which a worker takes them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import and_, delete, func, insert, or_, select, text, true, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from notifications.models import WebhookDelivery, WebhookLane, WebhookWake
from notifications.webhooks.errors import DeliveryNotFound
from shared.db.session import wake_after_commit
from shared.db.tenancy import org_of

_REQUEUED: dict[str, Any] = {"status": "pending", "due_at": func.now(), "failures": 0, "failing_since": None}


async def fan_out(session: AsyncSession, values: dict[str, Any]) -> int:
    """One delivery for each webhook that wants the event and may have it, unless it is there already. How many."""
    made = (await session.execute(_FAN_OUT, {"org_id": org_of(session), **values})).scalar_one()
    if made:
        wake_after_commit(session)
    return int(made)


async def add_delivery(session: AsyncSession, values: dict[str, Any]) -> WebhookDelivery:
    """Due now."""
    statement = insert(WebhookDelivery).values(
        org_id=org_of(session), created_at=func.now(), due_at=func.now(), status="pending", **values
    )
    delivery = (await session.execute(statement.returning(WebhookDelivery))).scalar_one()
    await wake(session, delivery.webhook_id)
    return delivery


async def wake(session: AsyncSession, webhook_id: UUID) -> None:
    """Tell the worker that something is due."""
    await session.execute(insert(WebhookWake).values(org_id=org_of(session), webhook_id=webhook_id))
    wake_after_commit(session)


async def list_deliveries(
    session: AsyncSession,
    webhook_id: UUID,
    *,
    scopes: frozenset[str],
    status: str | None,
    type_: str | None,
    after: UUID | None,
    limit: int,
) -> list[WebhookDelivery]:
    """Newest event first; those only that `scopes` may read."""
    statement = select(WebhookDelivery).where(_of(session, webhook_id), _readable(scopes))
    if status:
        statement = statement.where(WebhookDelivery.status == status)
    if type_:
        statement = statement.where(WebhookDelivery.type == type_)
    if after:
        statement = statement.where(WebhookDelivery.id < after)
    return list((await session.execute(statement.order_by(WebhookDelivery.id.desc()).limit(limit))).scalars())


async def require_delivery(
    session: AsyncSession, webhook_id: UUID, delivery_id: UUID, *, scopes: frozenset[str], lock: bool = False
) -> WebhookDelivery:
    """With its log; one that `scopes` may not read is not there. Raises DeliveryNotFound."""
    statement = (
        select(WebhookDelivery)
        .where(_of(session, webhook_id), WebhookDelivery.id == delivery_id, _readable(scopes))
        .options(undefer(WebhookDelivery.log))
    )
    if lock:
        statement = statement.with_for_update()
    delivery = (await session.execute(statement)).scalar_one_or_none()
    if delivery is None:
        raise DeliveryNotFound()
    return delivery


async def lock_deliveries(session: AsyncSession, webhook_id: UUID, ids: Iterable[UUID]) -> list[WebhookDelivery]:
    """With their logs; in order, so that two who lock some of the same wait for each other instead of forever."""
    statement = (
        select(WebhookDelivery)
        .where(_of(session, webhook_id), WebhookDelivery.id.in_(sorted(ids)))
        .order_by(WebhookDelivery.id)
        .options(undefer(WebhookDelivery.log))
        .with_for_update()
    )
    return list((await session.execute(statement)).scalars())


async def save_deliveries(session: AsyncSession, deliveries: Sequence[WebhookDelivery]) -> None:
    session.add_all(deliveries)
    await session.flush()


async def note_arrivals(
    session: AsyncSession,
    webhook_id: UUID,
    arrivals: Sequence[tuple[UUID, int | None, dict[str, Any]]],
    *,
    most_logged: int,
) -> None:
    """(delivery, status code, line of its log) of what arrived: nearly everything, so one statement for all of it.

    And the webhook works (again).
    """
    ids, codes, lines = zip(*arrivals, strict=True)
    await session.execute(
        _NOTE_ARRIVALS,
        {
            "org_id": org_of(session),
            "webhook_id": webhook_id,
            "ids": list(ids),
            "codes": list(codes),
            "lines": [orjson.dumps(line).decode() for line in lines],
            "most": most_logged,
        },
    )


async def requeue(session: AsyncSession, delivery: WebhookDelivery) -> None:
    """From the start of the ladder, now."""
    mine = and_(_of(session, delivery.webhook_id), WebhookDelivery.id == delivery.id)
    await session.execute(update(WebhookDelivery).where(mine).values(_REQUEUED))
    await session.refresh(delivery, ["status", "due_at", "failures", "failing_since"])
    await wake(session, delivery.webhook_id)


async def requeue_failed(session: AsyncSession, webhook_id: UUID, *, since: datetime, limit: int) -> int:
    """The oldest `limit` of the events that happened since then and did not arrive. How many there were."""
    failed = (
        select(WebhookDelivery.id)
        .where(_of(session, webhook_id), WebhookDelivery.status == "failed", WebhookDelivery.id >= _first_id(since))
        .order_by(WebhookDelivery.id)
        .limit(limit)
        .with_for_update()
        .cte("failed")
    )
    mine = and_(_of(session, webhook_id), WebhookDelivery.id == failed.c.id)
    requeued = await session.execute(
        update(WebhookDelivery).where(mine).values(_REQUEUED).returning(WebhookDelivery.id)
    )
    queued = len(requeued.all())
    if queued:
        await wake(session, webhook_id)
    return queued


async def list_due(session: AsyncSession, webhook_id: UUID, *, limit: int) -> list[WebhookDelivery]:
    """With what is posted."""
    statement = (
        select(WebhookDelivery)
        .where(_of(session, webhook_id), WebhookDelivery.due_at <= func.now())
        .order_by(WebhookDelivery.due_at, WebhookDelivery.id)
        .limit(limit)
        .options(undefer(WebhookDelivery.body))
    )
    return list((await session.execute(statement)).scalars())


async def next_due(session: AsyncSession, webhook_id: UUID) -> datetime | None:
    statement = select(func.min(WebhookDelivery.due_at)).where(
        _of(session, webhook_id), WebhookDelivery.due_at.is_not(None)
    )
    return (await session.execute(statement)).scalar_one()


async def forget(session: AsyncSession, webhook_id: UUID, *, before: datetime | None, limit: int) -> int:
    """The oldest `limit` of the events that happened before then, or of all. How many there were."""
    old = select(WebhookDelivery.id).where(_of(session, webhook_id)).order_by(WebhookDelivery.id).limit(limit)
    if before:
        old = old.where(WebhookDelivery.id < _first_id(before))
    statement = delete(WebhookDelivery).where(_of(session, webhook_id), WebhookDelivery.id.in_(old))
    return len((await session.execute(statement.returning(WebhookDelivery.id))).all())


async def heed_wakes(session: AsyncSession, *, limit: int) -> None:
    """What was said since the last time becomes the lanes' due time, of any organisation."""
    await session.execute(_HEED_WAKES, {"limit": limit})


async def take_lanes(session: AsyncSession, *, seconds: float, limit: int) -> list[tuple[UUID, UUID, UUID]]:
    """Lanes with something due, of any organisation: (org_id, webhook_id, lease). Whose lease ran out is free again.

    Workers side by side skip each other's rows. The clock is the database's, one for all of them.
    """
    due = (
        select(WebhookLane.org_id, WebhookLane.webhook_id)
        .where(
            WebhookLane.due_at <= func.now(),
            or_(WebhookLane.held_until.is_(None), WebhookLane.held_until <= func.now()),
        )
        .order_by(WebhookLane.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    statement = (
        update(WebhookLane)
        .where(WebhookLane.org_id == due.c.org_id, WebhookLane.webhook_id == due.c.webhook_id)
        .values(lease=func.gen_random_uuid(), held_until=func.now() + timedelta(seconds=seconds))
        .returning(WebhookLane.org_id, WebhookLane.webhook_id, WebhookLane.lease)
    )
    return [(org, webhook, lease) for org, webhook, lease in (await session.execute(statement)).all() if lease]


async def hold_lane(session: AsyncSession, webhook_id: UUID, lease: UUID, *, seconds: float) -> bool:
    """For so long from now. False when the lease is somebody else's by now."""
    until = func.now() + timedelta(seconds=seconds)
    statement = update(WebhookLane).where(_lane(session, webhook_id, lease)).values(held_until=until)
    return (await session.execute(statement.returning(WebhookLane.webhook_id))).first() is not None


async def lock_lane(session: AsyncSession, webhook_id: UUID, lease: UUID) -> bool:
    """Until the transaction ends. False when the lease is somebody else's by now."""
    statement = select(WebhookLane.webhook_id).where(_lane(session, webhook_id, lease)).with_for_update()
    return (await session.execute(statement)).first() is not None


async def release_lane(
    session: AsyncSession, webhook_id: UUID, lease: UUID, *, due_at: datetime | None, rest: float
) -> None:
    """A lane that still has something due goes behind the others that have; nobody takes it for `rest` seconds."""
    next_turn = None if due_at is None else func.greatest(due_at, func.now())
    until = func.now() + timedelta(seconds=rest) if rest else None
    await session.execute(
        update(WebhookLane)
        .where(_lane(session, webhook_id, lease))
        .values(due_at=next_turn, held_until=until, lease=None)
    )


async def list_lanes(
    session: AsyncSession, *, after: tuple[UUID, UUID] | None, limit: int
) -> Sequence[tuple[UUID, UUID]]:
    """(org_id, webhook_id) of every webhook there is, or was and is not forgotten yet."""
    keys = (WebhookLane.org_id, WebhookLane.webhook_id)
    statement = select(*keys).order_by(*keys).limit(limit)
    if after:
        statement = statement.where(tuple_(*keys) > tuple_(*after))
    return [(org_id, webhook_id) for org_id, webhook_id in (await session.execute(statement)).all()]


def _of(session: AsyncSession, webhook_id: UUID) -> Any:
    return and_(WebhookDelivery.org_id == org_of(session), WebhookDelivery.webhook_id == webhook_id)


def _readable(scopes: frozenset[str]) -> Any:
    if "*" in scopes:
        return true()
    return or_(WebhookDelivery.scope.is_(None), WebhookDelivery.scope.in_(sorted(scopes)))


def _lane(session: AsyncSession, webhook_id: UUID, lease: UUID) -> Any:
    return and_(WebhookLane.org_id == org_of(session), WebhookLane.webhook_id == webhook_id, WebhookLane.lease == lease)


def _first_id(moment: datetime) -> UUID:
    """No id made at that moment or later sorts before it: a UUIDv7 begins with its birth, in milliseconds."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


# One statement an event, however many webhooks want it.
_FAN_OUT = text(
    """
    WITH wanting AS (
        SELECT w.id FROM webhook w
        LEFT JOIN api_key_copy k ON k.org_id = w.org_id AND 'key:' || k.id = coalesce(w.aimed_by, w.created_by)
        LEFT JOIN user_copy u ON u.org_id = w.org_id
            AND (u.id = k.user_id OR 'user:' || u.id = coalesce(w.aimed_by, w.created_by))
        WHERE w.org_id = CAST(:org_id AS uuid) AND w.enabled
          AND w.types && CAST(:patterns AS text[]) AND w.scopes && CAST(:scopes AS text[])
          AND (k.id IS NULL OR NOT k.deleted AND coalesce(k.expires_at > now(), true)
               AND k.scopes && CAST(:scopes AS text[]))
          AND (u.id IS NULL OR u.active AND coalesce(u.scopes && CAST(:scopes AS text[]), true))
    ), made AS (
        INSERT INTO webhook_delivery
            (org_id, webhook_id, id, created_at, type, scope, subject, aggregate_version, body, status, due_at)
        SELECT CAST(:org_id AS uuid), id, CAST(:id AS uuid), now(), CAST(:type AS text), CAST(:scope AS text),
            CAST(:subject AS uuid), CAST(:aggregate_version AS integer), CAST(:body AS bytea), 'pending', now()
        FROM wanting
        ON CONFLICT DO NOTHING RETURNING webhook_id
    ), woken AS (
        INSERT INTO webhook_wake (org_id, webhook_id)
        SELECT CAST(:org_id AS uuid), webhook_id FROM made RETURNING webhook_id
    )
    SELECT count(*) FROM woken
    """
)

_NOTE_ARRIVALS = text(
    """
    WITH works AS (
        UPDATE webhook SET failing_since = NULL
        WHERE org_id = CAST(:org_id AS uuid) AND id = CAST(:webhook_id AS uuid) AND failing_since IS NOT NULL
    )
    UPDATE webhook_delivery delivery
    SET status = 'delivered', due_at = NULL, failing_since = NULL, delivered_at = coalesce(delivered_at, now()),
        last_status_code = arrived.code, last_error = NULL, attempts = attempts + 1,
        log = CASE WHEN jsonb_array_length(log) < :most THEN log ELSE log - 0 END || CAST(arrived.line AS jsonb)
    FROM unnest(CAST(:ids AS uuid[]), CAST(:codes AS integer[]), CAST(:lines AS text[])) AS arrived (id, code, line)
    WHERE delivery.org_id = CAST(:org_id AS uuid) AND delivery.webhook_id = CAST(:webhook_id AS uuid)
      AND delivery.id = arrived.id
    """
)

# Lanes are locked in order, so that two workers wait for each other instead of forever. A lane that is being released
# is waited for: its release saw only what was there before it locked the lane, and this comes after.
_HEED_WAKES = text(
    """
    WITH said AS (
        DELETE FROM webhook_wake WHERE position IN (
            SELECT position FROM webhook_wake ORDER BY position LIMIT :limit FOR UPDATE SKIP LOCKED
        ) RETURNING org_id, webhook_id
    ), woken AS (
        SELECT org_id, webhook_id FROM webhook_lane
        WHERE (org_id, webhook_id) IN (SELECT org_id, webhook_id FROM said)
        ORDER BY org_id, webhook_id FOR UPDATE
    )
    UPDATE webhook_lane lane SET due_at = least(lane.due_at, now())
    FROM woken WHERE lane.org_id = woken.org_id AND lane.webhook_id = woken.webhook_id
    """
)
