"""The delivery job: takes due messages one by one from the queue to an SMTP server.

The promise: nothing is lost, and nothing is sent twice knowingly. SMTP cannot be part of a transaction, so
what is about to happen is always committed first, and what was seen is committed after:

    lease      a row of `delivery` is taken, with an end; renewed while its worker lives. Workers side by side
               skip each other's rows. Committed.
    sending    the message is marked, phase `preparing`, and its attempt is logged. Committed.
               PDF or link, connection, MAIL, RCPT: whatever fails here failed surely before the server had the mail.
    hand over  phase `handing_over`, only by the holder of the lease. Committed BEFORE the command DATA.
               DATA, and the server's answer.
    settle     sent | queued again, later | failed | unknown, recipient by recipient. Committed.

A worker that dies leaves a lease that runs out, and the next one reads how far it went: while preparing, the
attempt is repeated; after the hand-over nobody can know whether the server took the mail, so the message becomes
`unknown`, and a person looks and decides. The same when the connection breaks between DATA and its answer.
A worker that only slept past its lease is stopped at the hand-over; past it, its answer is still taken.

The folder of .eml files has no such moment: writing one file again is no second mail.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from notifications import service
from notifications.composing import compose
from notifications.errors import LeaseLost
from notifications.leases import LEASE_SECONDS, LeaseRunner, renewing, settle_patiently
from notifications.mailers import Mailer
from notifications.models import Message
from notifications.outcomes import Deferred, Outcome, Rejected, Uncertain
from notifications.service import Lease
from notifications.sources import Sources
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.errors import Unavailable

logger = structlog.get_logger("delivery")

RETRY_DELAYS: Final = (1, 10, 60, 300, 1_800, 7_200, 21_600, 86_400)
"""Seconds before each further attempt; after the last, the message has failed."""
PARALLEL: Final = 5
_OWNERS: Final = {"document": "documents", "password_reset": "portal"}
_GONE: Final = {
    "document": "documents has no PDF of this document",
    "password_reset": "nothing to set a password with: the wish is too old, was replaced, or the portal was closed",
}
_NOBODY = Scope(org_id=None)
"""The queue is read before it is known whose messages are due; such a transaction sees no tenant's row."""


class Delivery:
    def __init__(
        self,
        database: Database,
        mailer: Mailer,
        sources: Sources,
        *,
        mail_from: str,
        ladder: Sequence[float] = RETRY_DELAYS,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self._database = database
        self._mailer = mailer
        self._sources = sources
        self._mail_from = mail_from
        self._ladder = ladder
        self._lease_seconds = lease_seconds
        self._runner = LeaseRunner("mails", database, self._take, self._deliver, parallel=PARALLEL)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; then what is under way may end. A database that goes away is waited for."""
        try:
            await self._runner.run(stop)
        finally:
            await self._sources.close()

    async def _take(self, limit: int) -> list[Lease]:
        async with self._database.transaction(_NOBODY) as session:
            return await service.lease_due(session, seconds=self._lease_seconds, limit=limit)

    async def _deliver(self, lease: Lease, _: asyncio.Event) -> None:
        with structlog.contextvars.bound_contextvars(org_id=str(lease.org_id), message_id=str(lease.message_id)):
            async with self._database.transaction(Scope(org_id=lease.org_id)) as session:
                message = await service.begin_attempt(session, lease, seconds=self._lease_seconds, ladder=self._ladder)
            if message is None:
                return
            scope = Scope(
                org_id=lease.org_id,
                correlation_id=message.correlation_id,
                causation_id=message.causation_id,
                traceparent=message.traceparent,
            )
            try:
                async with renewing(lambda: self._renew(lease, scope), lease_seconds=self._lease_seconds):
                    outcome = await self._attempt(lease, scope, message)
                    await self._settle(lease, scope, outcome)
            except LeaseLost:
                logger.warning("lease_lost", attempt=message.attempts)

    async def _attempt(self, lease: Lease, scope: Scope, message: Message) -> Outcome:
        """Whatever goes wrong is an outcome; only a lost lease, and the end of this process, are not."""
        handed_over = False

        async def hand_over() -> None:
            nonlocal handed_over
            async with self._database.transaction(scope) as session:
                await service.hand_over(session, lease, seconds=self._lease_seconds)
            handed_over = True

        try:
            source = await self._sources.get(message, scope)
            if source is None:
                return Rejected(_GONE[message.kind])
            return await self._mailer.send(compose(message, source, mail_from=self._mail_from), hand_over)
        except LeaseLost:
            raise
        except Unavailable as error:
            return Deferred(f"{_OWNERS[message.kind]}: {error}")
        except Exception as error:
            logger.exception("attempt_broke", handed_over=handed_over)
            reason = f"{type(error).__name__}: {error}"[:500]
            return Uncertain(reason) if handed_over else Deferred(reason)

    async def _settle(self, lease: Lease, scope: Scope, outcome: Outcome) -> None:
        async def settle() -> Message:
            async with self._database.transaction(scope) as session:
                return await service.settle_attempt(session, lease, outcome, ladder=self._ladder)

        message = await settle_patiently(settle)
        logger.info("attempted", status=message.status, attempt=message.attempts, error=message.last_error)

    async def _renew(self, lease: Lease, scope: Scope) -> None:
        async with self._database.transaction(scope) as session:
            await service.renew_lease(session, lease, seconds=self._lease_seconds)
