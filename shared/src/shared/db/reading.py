"""The short way to read: one statement that answers finished JSON, past the ORM.

For what is read far more often than anything else: a section of the panel. Use cases use `Database.transaction`.
"""

import asyncio
import contextlib

import asyncpg
from sqlalchemy import URL

from shared.db.tenancy import ORG_SETTING, Scope

_MOST_CONNECTIONS = 6


class JsonReader:
    """Read-only transactions on a small pool of its own, held to the scope's organisation like any other."""

    def __init__(self, url: URL) -> None:
        self._dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()

    async def read(self, scope: Scope, statement: str, *values: object) -> bytes | None:
        """The statement's one value (`json`, or text), as bytes; None when it is null or there is no row.

        Three round trips: begin with the tenant set, the statement, commit.
        """
        assert scope.org_id
        pool = self._pool or await self._open()
        async with pool.acquire() as connection:
            # The UUID's own text: the simple protocol takes both statements at once, but no parameters.
            await connection.execute(f"BEGIN READ ONLY; SELECT set_config('{ORG_SETTING}', '{scope.org_id}', true)")
            try:
                found = await connection.fetchval(statement, *values)
            except BaseException:
                # Failed or cancelled in the middle: nobody else shall find it in this state.
                with contextlib.suppress(asyncpg.InterfaceError):  # the server was faster
                    connection.terminate()
                raise
            await connection.execute("COMMIT")
        return found.encode() if found is not None else None

    async def close(self) -> None:
        if self._pool:
            await self._pool.close()

    async def _open(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._dsn,
                    min_size=0,
                    max_size=_MOST_CONNECTIONS,
                    timeout=10,
                    command_timeout=10,
                    # Every use ends its own transaction: the default reset would be one more round trip.
                    reset=_nothing_to_reset,
                    server_settings={"jit": "off", "timezone": "UTC"},
                )
            return self._pool


async def _nothing_to_reset(_: object) -> None:
    return
