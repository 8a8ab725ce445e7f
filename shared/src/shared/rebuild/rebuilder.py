"""The rebuilder: some hundred facts at a time, each time in one transaction.

A replica is never deleted to be inserted again. It is marked stale, and its fact given to the handler that keeps it:
others see the row as it was until it is as it should be, wait no longer than for any handler, and references stay.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import orjson
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus import inbox
from shared.bus.consumer import REBUILD_PAUSE
from shared.db.engine import is_away
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.events.base import Event
from shared.rebuild.errors import CannotRebuild
from shared.rebuild.log import EventLog, Say
from shared.rebuild.owners import Owners
from shared.rebuild.replicas import Replicas

Source = Literal["auto", "stream", "snapshot"]
"""The log where it suffices and else the owners; the log only; the owners only."""

TOGETHER = 100
"""Facts a transaction, to begin with."""
_FEWEST, _MOST = 10, 400
_HOLD_SECONDS = 0.3
"""Handlers are kept out for about so long, and then let in for a moment."""
_TRIES = 10
_TRY_AGAIN_SECONDS = 0.3
_TRANSIENT = ("40001", "40P01", "55P03", "57014")
"""Serialisation, deadlock, a lock not to be had, or not for as long as a statement may take: trying again may do."""


@dataclass(slots=True)
class Report:
    """Facts written by source, and replicas deleted; `handlers_waited`: the longest wait of any handler, in seconds."""

    from_log: int = 0
    from_owners: int = 0
    dropped: int = 0
    handlers_waited: float = 0.0
    failures: list[str] = field(default_factory=list)

    @property
    def facts(self) -> int:
        return self.from_log + self.from_owners


@dataclass(frozen=True, slots=True)
class _Facts:
    """A range of one family, sorted by subject. `until`: the last subject of the range, None at the end."""

    events: Sequence[Event[Any]]
    until: UUID | None
    from_log: bool = False

    @property
    def subjects(self) -> list[UUID]:
        return [event.subject for event in self.events]


class _LogIncomplete(Exception):
    """The log does not have what its owner knows."""


class _Refused(Exception):
    """A handler failed over a fact."""

    def __init__(self, event: Event[Any], error: Exception) -> None:
        super().__init__(f"{event.name} {event.subject} of {event.org_id}: {type(error).__name__}: {error}")
        self.subject = event.subject


class Rebuilder:
    """`log`: None when there is none, or `source` is `snapshot`."""

    def __init__(
        self, database: Database, replicas: Replicas, owners: Owners, *, log: EventLog | None, source: Source, say: Say
    ) -> None:
        self._database = database
        self._replicas = replicas
        self._owners = owners
        self._log = log
        self._source = source
        self._say = say
        self._said = time.monotonic()
        self._together = TOGETHER
        self._handlers_waited = 0.0
        self.report = Report()

    async def rebuild_family(self, org_id: UUID, family: str) -> None:
        """Rebuild one family of one organisation. A fact that its handler refuses is left out and reported.

        Raises CannotRebuild when an owner does not answer, or when only the log may be read and is incomplete.
        """
        after: UUID | None = None
        alone = 0
        while True:
            try:
                after = await self._persist(org_id, family, after, limit=1 if alone else self._together)
            except _Refused as refused:
                if not alone:
                    alone = self._together  # each for itself, to find the one
                    continue
                self.report.failures.append(str(refused))
                after = refused.subject
            alone = max(0, alone - 1)
            if after is None:
                return

    async def _persist(self, org_id: UUID, family: str, after: UUID | None, *, limit: int) -> UUID | None:
        for left in reversed(range(_TRIES)):
            if self._log:
                await self._log.hear()
            try:
                return await self._rebuild_range(org_id, family, after, limit=limit)
            except _LogIncomplete as error:
                if not left:
                    raise CannotRebuild(str(error)) from error
            except DBAPIError as error:
                if not _is_transient(error):
                    raise
                if not left:
                    raise CannotRebuild(f"{family} in organisation {org_id} is held by others: {error.orig}") from error
            await asyncio.sleep(_TRY_AGAIN_SECONDS)
        raise AssertionError("the last try answers or raises")

    async def _rebuild_range(self, org_id: UUID, family: str, after: UUID | None, *, limit: int) -> UUID | None:
        """Returns the subject to go on after; None at the end."""
        table = self._replicas.tables[family]
        async with self._database.transaction(Scope(org_id=org_id)) as session:
            began = time.monotonic()
            await inbox.lock_out_handlers(session)
            # Not before: nothing that a handler has kept so far can be newer than this.
            facts = await self._read(org_id, family, after, limit=limit)
            unknown = await table.find_unknown(session, facts.subjects, after=after, until=facts.until)
            if unknown:
                # A copy may also come by asking, and be younger than the answer we had.
                facts = await self._read(org_id, family, after, limit=limit)
                unknown &= await table.find_unknown(session, facts.subjects, after=after, until=facts.until)
            await table.mark_stale(session, facts.subjects)
            for event in facts.events:
                await self._keep(session, event)
            await table.delete_stale(session, facts.subjects)
            needed = [key for key in unknown if not await table.drop(session, key)]
        self._note(facts, dropped=len(unknown) - len(needed))
        self.report.failures += [f"{table.name} {key} of {org_id}: nobody knows it, but rows need it" for key in needed]
        await self._let_handlers_in(time.monotonic() - began)
        return facts.until

    async def _read(self, org_id: UUID, family: str, after: UUID | None, *, limit: int) -> _Facts:
        """Returns a range from the log where that has what the owner has now, else from the owner."""
        if self._log and (facts := await self._read_log(self._log, org_id, family, after, limit=limit)):
            return facts
        if self._source == "stream":
            raise _LogIncomplete(f"The log does not tell all of {family} in organisation {org_id}: ask the owners too.")
        try:
            envelopes = await self._owners.facts(family, org_id, after=after, limit=limit)
            events = [self._replicas.read(envelope) for envelope in envelopes]
        except ValueError as error:
            raise CannotRebuild(f"What is told of {family} cannot be read here: {error}") from error
        subjects = [event.subject for event in events]
        # Whoever is not among them is dropped: an owner that answers in another order would cost replicas.
        if subjects != sorted(set(subjects)) or (after and subjects and subjects[0] <= after):
            raise CannotRebuild(f"What is told of {family} is not in its order.")
        return _Facts(events, subjects[-1] if len(subjects) == limit else None)

    async def _read_log(
        self, log: EventLog, org_id: UUID, family: str, after: UUID | None, *, limit: int
    ) -> _Facts | None:
        found = await log.stage.read(org_id, family, after=after, limit=limit)
        # One more than were found, so that the owner need not look at all it has to know that there are more.
        known = await self._owners.fingerprint(family, org_id, after=after, until=found.until, limit=limit + 1)
        if known not in found.fingerprints:
            return None
        try:
            events = [self._replicas.read(orjson.loads(body)) for body in found.bodies]
        except ValueError:
            return None
        return _Facts(events, found.until, from_log=True)

    async def _keep(self, session: AsyncSession, event: Event[Any]) -> None:
        try:
            await self._replicas.keep(session, event)
            await session.flush()
            session.expunge_all()
        except Exception as error:
            if isinstance(error, DBAPIError) and (is_away(error) or _is_transient(error)):
                raise
            raise _Refused(event, error) from error

    def _note(self, facts: _Facts, *, dropped: int) -> None:
        if facts.from_log:
            self.report.from_log += len(facts.events)
        else:
            self.report.from_owners += len(facts.events)
        self.report.dropped += dropped
        if time.monotonic() - self._said > 1:
            self._said = time.monotonic()
            self._say(f"{self.report.facts:,} facts told")

    async def _let_handlers_in(self, took: float) -> None:
        """Pause when handlers have waited long: the moment between two transactions is too short for their polling."""
        self._handlers_waited += took
        self.report.handlers_waited = max(self.report.handlers_waited, self._handlers_waited)
        if took > _HOLD_SECONDS:
            self._together = max(_FEWEST, self._together // 2)
        elif took < _HOLD_SECONDS / 4:
            self._together = min(_MOST, self._together * 2)
        if self._handlers_waited > _HOLD_SECONDS:
            await asyncio.sleep(REBUILD_PAUSE * 2)
            self._handlers_waited = 0.0


def _is_transient(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in _TRANSIENT
