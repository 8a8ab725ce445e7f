"""What the tests of dead letters share: a handler that can be mended, and the decisions of an operator."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus import decisions
from shared.bus.consumer import Consumer
from shared.bus.decisions import EVERYBODY, Decided, Found, Wanted, Which
from shared.db.tenancy import Scope
from shared.events.base import Event
from tests.support.probe import ThingState, on_thing_changed
from tests.support.waiting import until


class Shelf:
    """Its handler fails until the fault is taken away."""

    def __init__(self) -> None:
        self.fault: Exception | None = LookupError("no such shelf: 'A7'")

    async def on_thing(self, session: AsyncSession, event: Event[ThingState]) -> None:
        await on_thing_changed(session, event)
        if self.fault:
            raise self.fault


@asynccontextmanager
async def asking(consumer: Consumer) -> AsyncIterator[AsyncSession]:
    """As the operator does."""
    async with consumer.database.transaction(Scope(org_id=None, actor="operator:test")) as session:
        yield session


async def listed(consumer: Consumer, **wanted: str | None) -> Sequence[Found]:
    async with asking(consumer) as session:
        return await decisions.list_letters(
            session, EVERYBODY, Wanted(consumer.service, **wanted), after=None, limit=1000
        )


async def all_dead(consumer: Consumer, count: int) -> Sequence[Found]:
    async def there() -> Sequence[Found] | None:
        found = await listed(consumer)
        return found if len(found) == count else None

    return await until(there, within=20, what=f"{count} dead letters")


async def history(consumer: Consumer, event_id: UUID) -> list[tuple[str, str, str]]:
    """(action, actor, reason), in their order."""
    async with asking(consumer) as session:
        _, actions = await decisions.get_letter(session, EVERYBODY, consumer.service, event_id)
    return [(done.action, done.actor, done.reason) for done in actions]


async def replay(consumer: Consumer, reason: str = "", **which: Any) -> Decided:
    async with asking(consumer) as session:
        return await decisions.replay(session, EVERYBODY, Which(consumer.service, **which), reason=reason)


async def discard(consumer: Consumer, reason: str, **which: Any) -> Decided:
    async with asking(consumer) as session:
        return await decisions.discard(session, EVERYBODY, Which(consumer.service, **which), reason=reason)
