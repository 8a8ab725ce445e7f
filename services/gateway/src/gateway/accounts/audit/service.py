"""What is done with the audit: write down, count what would flood it, read, and forget after years."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from gateway.accounts import repository as accounts
from gateway.accounts.audit import repository
from gateway.accounts.audit.actions import Action, Change, Reason, Subject
from gateway.accounts.models import AuditEntry, AuditTally
from shared.clock import utc_now
from shared.db.tenancy import scope_of
from shared.events.base import AnyEvent
from shared.events.notifications import WebhookDisabled, WebhookState
from shared.events.portal import AccessChanged, AccessState
from shared.identifiers import new_id
from shared.passwords.throttle import network_of

COUNTED_FOR: Final = timedelta(minutes=10)
ALONE: Final = 10
"""So many refusals to one asker have an entry each; what is more within COUNTED_FOR becomes one."""
MOST_ASKERS: Final = 5
"""About one subject at a time: what comes from more addresses than that is counted together, without its address."""
FORGOTTEN_AT_ONCE: Final = 1_000

Heard = tuple[Action, Subject, Reason | None]


async def record(
    session: AsyncSession,
    action: Action,
    subject: Subject,
    *,
    reason: Reason | None = None,
    changes: Iterable[Change] = (),
    times: int = 1,
) -> None:
    """Beside the deed, in its transaction. Who did it, and from where, the session's scope says."""
    scope = scope_of(session)
    await _add(
        session,
        at=utc_now(),
        actor=scope.actor,
        actor_name=scope.actor_name,
        action=action,
        subject_kind=subject.kind,
        subject_id=subject.id,
        subject_name=subject.name,
        address=scope.address or None,
        agent=scope.agent or None,
        reason=reason,
        changes=[{"field": c.field, "before": _plain(c.before), "after": _plain(c.after)} for c in changes],
        times=times,
    )


async def record_heard(session: AsyncSession, event: AnyEvent) -> None:
    """What another service did for somebody, and told: nothing of it is written down before it is so."""
    heard = _HEARD.get(event.type)
    found = heard(event) if heard else None
    if found:
        action, subject, reason = found
        await _add(
            session,
            at=event.occurred_at,
            actor=event.actor,
            actor_name=await repository.find_name(session, event.actor) or "",
            action=action,
            subject_kind=subject.kind,
            subject_id=subject.id,
            subject_name=subject.name,
            reason=reason,
            changes=[],
            times=1,
        )


async def record_refusal(session: AsyncSession, action: Action, subject: Subject | None, *, reason: Reason) -> None:
    """What anybody may cause as often as they like, so it is bounded: by ALONE and MOST_ASKERS, for COUNTED_FOR.

    As many statements whether there is a subject or not: an unknown e-mail is refused as fast as a known one.
    """
    scope, now = scope_of(session), utc_now()
    known = subject.id if subject else None
    key = _key(action, reason, str(known), network_of(scope.address))
    askers, is_one = await repository.count_askers(session, known, key=key)
    refused: dict[str, Any] = {
        "actor": scope.actor,
        "actor_name": scope.actor_name,
        "action": action,
        "subject_kind": subject.kind if subject else None,
        "subject_id": known,
        "subject_name": subject.name if subject else None,
        "address": scope.address or None,
        "agent": scope.agent or None,
        "reason": reason,
    }
    if askers >= MOST_ASKERS and not is_one:
        key = _key(action, reason, str(known))
        refused |= {"address": None, "agent": None}
    times = await repository.count_up(session, key=key, closes_at=now + COUNTED_FOR, last_at=now, **refused)
    if times <= ALONE:
        await _add(session, at=now, changes=[], times=1, **refused)


async def list_entries(
    session: AsyncSession,
    *,
    actor: UUID | Literal["system", "visitor"] | None,
    actions: Sequence[Action],
    subject: UUID | None,
    first: date | None,
    last: date | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[AuditEntry]:
    """Newest first. `first` and `last` are days of the organisation, both included."""
    zone = (await accounts.get_organization(session)).time_zone if first or last else "UTC"
    return await repository.list_entries(
        session,
        actors=[f"user:{actor}", f"key:{actor}"] if isinstance(actor, UUID) else [actor] if actor else [],
        actions=actions,
        subject=subject,
        since=_begin(first, zone) if first else None,
        until=_begin(last + timedelta(days=1), zone) if last else None,
        after=after,
        limit=limit,
    )


async def list_organizations_to_close(session: AsyncSession, *, limit: int) -> list[UUID]:
    """Where refusals were counted long enough. Wants a scope of no organisation."""
    return await repository.list_organizations_to_close(session, now=utc_now(), limit=limit)


async def close_tallies(session: AsyncSession) -> None:
    """What was counted, beside those that have an entry of their own, becomes one entry each."""
    for tally in await repository.take_closed(session, now=utc_now()):
        if tally.times > ALONE:
            await _add(session, **_rest_of(tally))


async def forget(session: AsyncSession, *, before: datetime) -> bool:
    """A batch of what was written before then, and is a year old at least; whether there may be more of it."""
    return await repository.forget_entries(session, before=before, most=FORGOTTEN_AT_ONCE) == FORGOTTEN_AT_ONCE


async def _add(session: AsyncSession, **values: Any) -> None:
    await repository.add_entry(session, id=new_id(), **values)


def _rest_of(tally: AuditTally) -> dict[str, Any]:
    return {
        "at": tally.last_at,
        "actor": tally.actor,
        "actor_name": tally.actor_name,
        "action": tally.action,
        "subject_kind": tally.subject_kind,
        "subject_id": tally.subject_id,
        "subject_name": tally.subject_name,
        "address": tally.address,
        "agent": tally.agent,
        "reason": tally.reason,
        "changes": [],
        "times": tally.times - ALONE,
    }


def _begin(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _plain(value: Any) -> Any:
    """As JSON has it."""
    return value.isoformat() if isinstance(value, datetime) else value


def _access_changed(event: AnyEvent) -> Heard | None:
    if "enabled" not in event.changed:
        return None
    opened = AccessState.model_validate(event.data.model_dump()).enabled
    return ("portal.opened" if opened else "portal.closed"), Subject("contact", event.subject), None


def _webhook_disabled(event: AnyEvent) -> Heard:
    webhook = WebhookState.model_validate(event.data.model_dump())
    return "webhook.disabled", Subject("webhook", event.subject, webhook.description), webhook.disabled_reason


_HEARD: Final[Mapping[str, Callable[[AnyEvent], Heard | None]]] = {
    AccessChanged.name: _access_changed,
    WebhookDisabled.name: _webhook_disabled,
}


def _key(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
