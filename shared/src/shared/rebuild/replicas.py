"""Replicas: a service's own tables with copies of other services' facts, and what a rebuild does to them.

A replica is written by the owner's events alone, in whatever order they arrive: the version in the row decides which
is newer. It lets a service answer without asking the owner, and may be behind it by the time an event takes; where
that matters (a contact made a moment ago), `shared.service_client` asks the owner. Each service keeps its replicas in
its package `replicas`, and can have them told anew (`rebuild`) when they are lost or doubted.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.consumer import AnySubscription
from shared.db.base import Tenanted
from shared.db.snapshot import key_of, table_of
from shared.db.tenancy import org_of
from shared.events.base import Event


class Replicas:
    """A service's replicas, as its subscriptions keep them.

    `tables`: the replica of each family, which is all that one service publishes of one kind of aggregate, such as
    `contacts.contact`. The table is keyed by organisation and aggregate id, and has the `version` it copies.
    """

    def __init__(self, subscriptions: Sequence[AnySubscription], tables: Mapping[str, type[Tenanted]]) -> None:
        keepers = [subscription for subscription in subscriptions if subscription.keeps_replica]
        self._keepers = {keeper.event.name: keeper for keeper in keepers}
        self.tables = {family: ReplicaTable(model) for family, model in tables.items()}
        if unmatched := {family_of(name) for name in self._keepers} ^ tables.keys():
            raise ValueError(f"either no subscription keeps it, or no table is named for it: {sorted(unmatched)}")

    @property
    def families(self) -> tuple[str, ...]:
        return tuple(self.tables)

    @property
    def names(self) -> frozenset[str]:
        """Wire names of the events that tell of them."""
        return frozenset(self._keepers)

    def read(self, envelope: dict[str, Any]) -> Event[Any]:
        """Returns the event. Raises ValueError (pydantic's among them) for what is no fact of these replicas."""
        keeper = self._keepers.get(str(envelope.get("type")))
        if keeper is None:
            raise ValueError(f"{envelope.get('type')} is not copied here")
        event: Event[Any] = keeper.event.from_envelope(envelope)
        return event

    async def keep(self, session: AsyncSession, event: Event[Any]) -> None:
        """Give the event to the service's own handler, as when it was heard."""
        await self._keepers[event.name].handler(session, event)


class ReplicaTable:
    def __init__(self, model: type[Tenanted]) -> None:
        self.model = model
        self.name = table_of(model).name
        self._table = table_of(model)
        self._key = key_of(model)
        self._version = self._table.c.version
        self._tombstone = self._table.c.get("deleted")

    async def find_unknown(
        self, session: AsyncSession, told: Sequence[UUID], *, after: UUID | None, until: UUID | None
    ) -> set[UUID]:
        """Replicas in that range of ids which nobody tells of.

        A tombstone is none of them, though its owner may have forgotten it: it keeps out what was said before.
        """
        conditions = [self._mine(session), self._key.not_in(told)]
        if after:
            conditions.append(self._key > after)
        if until:
            conditions.append(self._key <= until)
        if self._tombstone is not None:
            conditions.append(self._tombstone.is_(False))
        return set((await session.execute(select(self._key).where(*conditions))).scalars())

    async def mark_stale(self, session: AsyncSession, keys: Sequence[UUID]) -> None:
        """Older than anything: whatever is told next of them is applied. Others see the row as it was until then."""
        await session.execute(update(self._table).where(self._mine(session), self._key.in_(keys)).values(version=0))

    async def delete_stale(self, session: AsyncSession, keys: Sequence[UUID]) -> None:
        """What `mark_stale` made old and no handler wanted to keep."""
        of_them = self._key.in_(keys)
        await session.execute(delete(self._table).where(self._mine(session), of_them, self._version == 0))

    async def drop(self, session: AsyncSession, key: UUID) -> bool:
        """False when rows of the service's own refer to it."""
        try:
            async with session.begin_nested():
                await session.execute(delete(self._table).where(self._mine(session), self._key == key))
        except IntegrityError:
            return False
        return True

    def _mine(self, session: AsyncSession) -> ColumnElement[bool]:
        return self._table.c.org_id == org_of(session)


def family_of(name: str) -> str:
    """`ficha.contacts.contact.created.v1` tells of the family `contacts.contact`."""
    _, owner, aggregate, *_ = name.split(".")
    return f"{owner}.{aggregate}"
