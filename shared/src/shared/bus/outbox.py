"""Recording an event: a row written in the use case's own transaction."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus import spans
from shared.clock import utc_now
from shared.db.infrastructure import outbox
from shared.db.session import wake_after_commit
from shared.db.tenancy import org_of, scope_of
from shared.events.base import Event, StateT
from shared.identifiers import new_id


async def record(
    session: AsyncSession,
    event_class: type[Event[StateT]],
    *,
    subject: UUID,
    version: int,
    data: StateT,
    changed: Iterable[str] = (),
) -> Event[StateT]:
    """Write the event beside the change it tells of. Actor, ids and trace come from the session's scope.

    Call it under the aggregate's row lock, with the version just given. Raises ValueError past 64 KiB.
    """
    scope, event_id = scope_of(session), new_id()
    with spans.create(
        event_class, event_id, correlation_id=scope.correlation_id, traceparent=scope.traceparent
    ) as span:
        event = event_class(
            id=event_id,
            occurred_at=utc_now(),
            org_id=org_of(session),
            subject=subject,
            version=version,
            data=data,
            changed=tuple(sorted(changed)),
            actor=scope.actor,
            correlation_id=scope.correlation_id,
            causation_id=scope.causation_id,
            traceparent=span.traceparent,
        )
        await session.execute(
            _INSERT,
            {
                "event_id": event.id,
                "org_id": event.org_id,
                "aggregate_id": event.subject,
                "name": event.name,
                "body": event.to_bytes(),
                "recorded_at": event.occurred_at,
            },
        )
    wake_after_commit(session)
    return event


# Built once: composing a statement costs more than running it.
_INSERT = insert(outbox)
