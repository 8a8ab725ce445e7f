"""One transaction per request or event: opened here, committed here, by nobody else."""

from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager

from sqlalchemy import QueuePool
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from shared.db.engine import create_engine
from shared.db.reading import JsonReader
from shared.db.tenancy import Scope, enter
from shared.settings import ServiceSettings

_WAKE = "wake_after_commit"
_CALLS = "after_commit"


def wake_after_commit(session: AsyncSession) -> None:
    """This transaction leaves work for the relay or a job: whoever asked by `Database.on_events` is woken."""
    session.info[_WAKE] = True


def after_commit(session: AsyncSession, call: Callable[..., None], *values: Hashable) -> None:
    """Call it once this transaction is committed, however often it was asked for. Must not raise.

    In this process only, and lost when it dies just then: good for waking somebody, never for an effect.
    """
    session.info.setdefault(_CALLS, {})[call, values] = None


class Database:
    """A service's engine, and the only way to a transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.reader = JsonReader(engine.url)
        self._sessions = async_sessionmaker(engine, expire_on_commit=False, autoflush=False)
        self._after_events: list[Callable[[], None]] = []

    @classmethod
    def from_settings(cls, service: str, settings: ServiceSettings) -> "Database":
        url = settings.database_url.get_secret_value()
        return cls(create_engine(url, application=f"ficha-{service}", pool_size=settings.database_pool))

    @property
    def connections(self) -> int:
        """The most that can be open at once."""
        pool = self.engine.pool
        return pool.size() if isinstance(pool, QueuePool) else 1

    @asynccontextmanager
    async def transaction(self, scope: Scope) -> AsyncIterator[AsyncSession]:
        """Commits on leaving, rolls back on any error. Wakes who waits for what it leaves behind."""
        async with self.opened() as session:
            await enter(session, scope)
            yield session

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[AsyncSession]:
        """A transaction that sees no tenant row until its first statement enters an organisation."""
        async with self._sessions() as session:
            yield session
            await session.commit()
            if session.info.get(_WAKE):
                for wake in self._after_events:
                    wake()
            for call, values in session.info.get(_CALLS, ()):
                call(*values)

    def on_events(self, wake: Callable[[], None]) -> None:
        """Call `wake` in this process after every commit that recorded events."""
        self._after_events.append(wake)

    async def close(self) -> None:
        await self.reader.close()
        await self.engine.dispose()
