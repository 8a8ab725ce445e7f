"""What can be done with messages, by people and by the delivery job."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from notifications import events, repository
from notifications.addresses import one_line
from notifications.errors import LeaseLost, NotCancellable, NotResendable
from notifications.models import Attempt, Message
from notifications.outcomes import Accepted, Deferred, Outcome, Rejected, Uncertain
from notifications.rendering import RenderedMail, render_document_mail, render_notice_mail, render_reset_mail
from shared.addresses import mailable
from shared.clock import utc_now
from shared.db.tenancy import org_of, scope_of
from shared.events.documents import RecipientState, SendState
from shared.events.gateway import SecurityNoticeState
from shared.events.notifications import MessageFailed, MessageSent
from shared.events.portal import ClientNoticeState, NewDeviceState, PasswordResetState
from shared.versions import Expected, check_version

_NO_ADDRESS = "this is not an address mail can be sent to"
_LOG_NAMES = {Accepted: "accepted", Deferred: "deferred", Rejected: "rejected", Uncertain: "unknown"}


@dataclass(frozen=True, slots=True)
class Lease:
    """One worker's hold on one message, until it lets go or does not renew it in time."""

    org_id: UUID
    message_id: UUID
    token: UUID


async def queue_document_mail(session: AsyncSession, send: SendState) -> None:
    """One message for one send, however often it is asked for. Worded now: what was asked for is what is mailed."""
    await _queue(
        session,
        render_document_mail(send),
        {
            "id": send.id,
            "kind": "document",
            "contact_id": send.contact_id,
            "document_id": send.document_id,
            "document_type": send.document_type,
            "document_number": send.number,
            "sender_name": one_line(send.organization_name, most=120),
            "reply_to": mailable(send.reply_to) if send.reply_to else None,
            "recipients": _recipients(to=send.to, cc=send.cc, bcc=send.bcc),
        },
    )


async def queue_reset_mail(session: AsyncSession, reset: PasswordResetState) -> None:
    """One message for one wish. What opens the portal is not in it before it is sent."""
    await _queue(
        session,
        render_reset_mail(reset),
        {
            "id": reset.id,
            "kind": "password_reset",
            "contact_id": reset.contact_id,
            "sender_name": one_line(reset.organization_name, most=120),
            "recipients": _recipients(to=[RecipientState(email=reset.email, name=reset.contact_name)]),
        },
    )


async def queue_notice_mail(
    session: AsyncSession, notice: SecurityNoticeState | ClientNoticeState | NewDeviceState
) -> None:
    """One message for one notice. Nothing in it opens anything, so there is no link either: who got a false one of
    these has nothing to press.
    """
    await _queue(
        session,
        render_notice_mail(notice),
        {
            "id": notice.id,
            "kind": "security_notice",
            "sender_name": one_line(notice.organization_name, most=120),
            "recipients": _recipients(to=[RecipientState(email=notice.email, name=notice.name)]),
        },
    )


async def list_messages(
    session: AsyncSession,
    *,
    contact_id: UUID | None,
    document_id: UUID | None,
    status: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Message]:
    """One page, newest first."""
    return await repository.list_messages(
        session, contact_id=contact_id, document_id=document_id, status=status, after=after, limit=limit
    )


async def get_message(session: AsyncSession, message_id: UUID) -> tuple[Message, list[Attempt]]:
    """With its log, newest first. Raises MessageNotFound."""
    message = await repository.require_message(session, message_id)
    return message, await repository.list_attempts(session, message_id)


async def resend_message(session: AsyncSession, message_id: UUID, *, expected: Expected) -> Message:
    """From the start of the retry ladder, to everyone who surely has it not.

    Raises MessageNotFound, StaleVersion, NotResendable.
    """
    message = await repository.require_message(session, message_id, lock=True)
    check_version(expected, message.version)
    reachable = [r for r in message.recipients if r["status"] != "accepted" and mailable(r["email"])]
    if message.status not in ("failed", "unknown"):
        raise NotResendable(f"This message is {message.status}.")
    if not reachable:
        raise NotResendable("No recipient has a usable address.")
    emails = {r["email"] for r in reachable}
    message.recipients = _marked(message, emails, status="pending", detail=None)
    # Whoever still holds the old lease may no longer settle it.
    message.lease, message.phase, message.failures, message.last_error = None, None, 0, None
    message.status, message.next_attempt_at = "queued", utc_now()
    message.bump()
    await repository.save(session, message)
    await repository.schedule(session, message_id, after_seconds=0)
    return message


async def cancel_message(session: AsyncSession, message_id: UUID, *, expected: Expected) -> Message:
    """Raises MessageNotFound, StaleVersion, NotCancellable."""
    message = await repository.require_message(session, message_id, lock=True)
    check_version(expected, message.version)
    if message.status != "queued":
        raise NotCancellable(f"This message is {message.status}.")
    message.status, message.next_attempt_at = "cancelled", None
    message.bump()
    await repository.save(session, message)
    await repository.unschedule(session, message_id)
    return message


async def lease_due(session: AsyncSession, *, seconds: float, limit: int) -> list[Lease]:
    """Of any organisation. See delivery.py for what a lease means."""
    return [Lease(*taken) for taken in await repository.lease_due(session, seconds=seconds, limit=limit)]


async def renew_lease(session: AsyncSession, lease: Lease, *, seconds: float) -> bool:
    """False when somebody else has it by now."""
    return await repository.renew_lease(session, lease.message_id, lease.token, seconds=seconds)


async def begin_attempt(
    session: AsyncSession, lease: Lease, *, seconds: float, ladder: Sequence[float]
) -> Message | None:
    """Mark the leased message `sending`. None when there is nothing to send after all.

    A message found in `sending` was left so by a worker that died: before handing over, the attempt is
    counted and repeated; after, nobody knows whether the server took it, and it becomes `unknown`.
    """
    message = await repository.get_message(session, lease.message_id, lock=True)
    held = await repository.renew_lease(session, lease.message_id, lease.token, seconds=seconds)
    if not held:
        return None
    if message is None or message.status not in ("queued", "sending"):
        await repository.unschedule(session, lease.message_id)
        return None
    if message.status == "sending":
        if message.phase == "handing_over":
            await _close_attempt(session, message, "unknown", "the worker ended while it handed the mail over")
            await _give_up_knowing(session, message, "the worker ended while it handed the mail over")
            await repository.save(session, message)
            return None
        await _close_attempt(session, message, "interrupted", "the worker ended before it handed the mail over")
        message.failures += 1
        if message.failures > len(ladder):
            await _finish(session, message, "the worker ended before it handed the mail over, again and again")
            await repository.save(session, message)
            return None
    message.status, message.phase, message.lease = "sending", "preparing", lease.token
    message.next_attempt_at = None
    message.attempts += 1
    message.bump()
    attempt = Attempt(org_id=message.org_id, message_id=message.id, number=message.attempts, started_at=utc_now())
    await repository.save(session, message, attempt)
    return message


async def hand_over(session: AsyncSession, lease: Lease, *, seconds: float) -> None:
    """Written down BEFORE the server may accept: from its commit on, a death leaves a doubt. Raises LeaseLost."""
    message = await repository.get_message(session, lease.message_id, lock=True)
    held = await repository.renew_lease(session, lease.message_id, lease.token, seconds=seconds)
    if not held or message is None or message.status != "sending" or message.lease != lease.token:
        raise LeaseLost()
    message.phase = "handing_over"
    await repository.save(session, message)


async def settle_attempt(session: AsyncSession, lease: Lease, outcome: Outcome, *, ladder: Sequence[float]) -> Message:
    """Write down what became of the attempt. Raises LeaseLost.

    A worker that was only slow may still say so of a message that was held to be `unknown` meanwhile: it knows.
    """
    message = await repository.get_message(session, lease.message_id, lock=True)
    if message is None or message.lease != lease.token or message.status not in ("sending", "unknown"):
        raise LeaseLost()
    unsure = {r["email"] for r in message.recipients if r["status"] == "unknown"}
    message.recipients = _marked(message, unsure, status="pending", detail=None)
    await _close_attempt(session, message, _LOG_NAMES[type(outcome)], _detail(outcome))
    if isinstance(outcome, Uncertain):
        await _give_up_knowing(session, message, outcome.reason)
    else:
        await _apply(session, message, outcome, ladder)
    await repository.save(session, message)
    return message


async def _apply(
    session: AsyncSession, message: Message, outcome: Accepted | Deferred | Rejected, ladder: Sequence[float]
) -> None:
    """Every recipient gets the server's word; who was put off stays pending and is tried again alone."""
    for answer in outcome.refused:
        status = "refused" if answer.permanent else "pending"
        message.recipients = _marked(message, {answer.email}, status=status, detail=f"{answer.code} {answer.words}")
    put_off = {answer.email for answer in outcome.refused}
    if isinstance(outcome, Accepted):
        taken = {r["email"] for r in _pending(message)} - put_off
        message.recipients = _marked(message, taken, status="accepted", detail=None)
        message.sent_at = utc_now()
    reason = _detail(outcome) if not isinstance(outcome, Accepted) or outcome.refused else None
    if not isinstance(outcome, Rejected) and _pending(message):
        if message.failures < len(ladder):
            await _retry(session, message, reason, ladder[message.failures])
            return
        reason = f"given up after {message.attempts} attempts: {reason}"
    await _finish(session, message, reason)


async def _retry(session: AsyncSession, message: Message, reason: str | None, seconds: float) -> None:
    message.failures += 1
    message.status, message.phase, message.lease = "queued", None, None
    message.last_error = reason
    message.next_attempt_at = utc_now() + timedelta(seconds=seconds)
    message.bump()
    await repository.schedule(session, message.id, after_seconds=seconds)


async def _finish(session: AsyncSession, message: Message, reason: str | None) -> None:
    """Nothing more is tried: sent if anybody has it, else failed."""
    left = {r["email"] for r in _pending(message)}
    message.recipients = _marked(message, left, status="refused", detail=reason)
    await repository.unschedule(session, message.id)
    if not any(r["status"] == "accepted" for r in message.recipients):
        await _fail(session, message, reason)
        return
    message.status, message.phase, message.lease = "sent", None, None
    message.last_error = reason
    message.bump()
    await events.record_message(session, MessageSent, message)


async def _fail(session: AsyncSession, message: Message, reason: str | None) -> None:
    message.status, message.phase, message.lease = "failed", None, None
    message.last_error, message.next_attempt_at = reason, None
    message.bump()
    await events.record_message(session, MessageFailed, message)


async def _give_up_knowing(session: AsyncSession, message: Message, reason: str) -> None:
    """`unknown`: neither sent nor failed, so nothing is published. The lease stays: its holder may yet know."""
    message.status, message.next_attempt_at, message.last_error = "unknown", None, reason
    unsure = {r["email"] for r in _pending(message)}
    message.recipients = _marked(message, unsure, status="unknown", detail=reason)
    message.bump()
    await repository.unschedule(session, message.id)


async def _close_attempt(session: AsyncSession, message: Message, outcome: str, detail: str) -> None:
    attempt = await repository.get_attempt(session, message.id, message.attempts)
    assert attempt
    attempt.outcome, attempt.detail, attempt.ended_at = outcome, detail, utc_now()
    await repository.save(session, attempt)


def _detail(outcome: Outcome) -> str:
    if isinstance(outcome, Accepted):
        return "; ".join([outcome.words, *(f"but {answer}" for answer in outcome.refused)])
    return outcome.reason


def _pending(message: Message) -> list[dict[str, Any]]:
    return [r for r in message.recipients if r["status"] == "pending"]


def _marked(message: Message, emails: Iterable[str], *, status: str, detail: str | None) -> list[dict[str, Any]]:
    chosen = set(emails)
    return [{**r, "status": status, "detail": detail} if r["email"] in chosen else r for r in message.recipients]


async def _queue(session: AsyncSession, mail: RenderedMail, values: dict[str, Any]) -> None:
    scope, now = scope_of(session), utc_now()
    message = await repository.add_message(
        session,
        {
            **values,
            "org_id": org_of(session),
            "version": 1,
            "created_at": now,
            "updated_at": now,
            "status": "queued",
            "language": mail.language,
            "subject": mail.subject,
            "text": mail.text,
            "html": mail.html,
            "attachment_name": mail.attachment_name,
            "attempts": 0,
            "failures": 0,
            "next_attempt_at": now,
            "correlation_id": scope.correlation_id,
            "causation_id": scope.causation_id,
            "traceparent": scope.traceparent,
        },
    )
    if message is None:
        return
    if _pending(message):
        await repository.schedule(session, message.id, after_seconds=0)
    else:
        await _fail(session, message, "nobody to send it to: no recipient has a usable address")
        await repository.save(session, message)


def _recipients(**kinds: Sequence[RecipientState]) -> list[dict[str, Any]]:
    """Everyone once, To before Cc before Bcc. Who cannot be reached stays in the list, refused from the start."""
    found: dict[str, dict[str, Any]] = {}
    for kind, recipients in kinds.items():
        for recipient in recipients:
            usable = mailable(recipient.email)
            email = usable or one_line(recipient.email, most=254)
            found.setdefault(
                email.casefold(),
                {
                    "kind": kind,
                    "email": email,
                    "name": one_line(recipient.name or "", most=120) or None,
                    "outside": recipient.outside,
                    "status": "pending" if usable else "refused",
                    "detail": None if usable else _NO_ADDRESS,
                },
            )
    return list(found.values())
