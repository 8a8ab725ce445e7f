"""What the tests of dead letters share: a handler that can be mended, and the administration of an operator."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy.event import listen, remove
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.consumer import Consumer
from shared.clock import utc_now
from shared.db.infrastructure import outbox
from shared.db.session import Database
from shared.db.tenancy import Scope, org_of
from shared.dead_letters import administration
from shared.dead_letters.administration import ALL_ORGANIZATIONS, DeadLetterRow, Decision, LetterFilter, Selection
from shared.events.base import Event
from shared.identifiers import new_id
from tests.support.probe import ThingChanged, ThingState, on_thing_changed
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


async def listed(consumer: Consumer, **wanted: str | None) -> Sequence[DeadLetterRow]:
    async with asking(consumer) as session:
        return await administration.list_letters(
            session, ALL_ORGANIZATIONS, LetterFilter(consumer.service, **wanted), after=None, limit=1000
        )


async def all_dead(consumer: Consumer, count: int) -> Sequence[DeadLetterRow]:
    async def there() -> Sequence[DeadLetterRow] | None:
        found = await listed(consumer)
        return found if len(found) == count else None

    return await until(there, within=20, what=f"{count} dead letters")


async def history(consumer: Consumer, event_id: UUID) -> list[tuple[str, str, str]]:
    """(action, actor, reason), in their order."""
    async with asking(consumer) as session:
        _, actions = await administration.get_letter(session, ALL_ORGANIZATIONS, consumer.service, event_id)
    return [(done.action, done.actor, done.reason) for done in actions]


async def replay(consumer: Consumer, reason: str = "", **which: Any) -> Decision:
    async with asking(consumer) as session:
        return await administration.replay(
            session, ALL_ORGANIZATIONS, Selection(consumer.service, **which), reason=reason
        )


async def discard(consumer: Consumer, reason: str, **which: Any) -> Decision:
    async with asking(consumer) as session:
        return await administration.discard(
            session, ALL_ORGANIZATIONS, Selection(consumer.service, **which), reason=reason
        )


async def record_spoiled(database: Database, scope: Scope) -> UUID:
    """An event whose body nobody can read."""
    event_id = new_id()
    async with database.transaction(scope) as session:
        await session.execute(
            outbox.insert().values(
                event_id=event_id,
                org_id=org_of(session),
                aggregate_id=new_id(),
                name=ThingChanged.name,
                body=b"spoiled \x00\xff",
                recorded_at=utc_now(),
            )
        )
    return event_id


@asynccontextmanager
async def knocking(database: Database) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """Answers, when asked, whether somebody has kept trying to connect to it."""
    knocks = 0

    def knock(*_: object) -> None:
        nonlocal knocks
        knocks += 1

    async def again_and_again() -> bool:
        return knocks > 2

    listen(database.engine.sync_engine, "do_connect", knock)
    try:
        yield again_and_again
    finally:
        remove(database.engine.sync_engine, "do_connect", knock)
