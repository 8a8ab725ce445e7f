"""Two roles and a database per service: one role owns and migrates, the other works and owns nothing.

For machines of one's own (local run, tests); in a cluster the platform does the same by its own means.
"""

from dataclasses import dataclass

import asyncpg
from sqlalchemy import URL


@dataclass(frozen=True, slots=True)
class Provisioned:
    """URLs for SQLAlchemy (postgresql+asyncpg)."""

    migrate_url: str
    database_url: str


async def provision(admin: URL, service: str, *, database: str | None = None) -> Provisioned:
    """Make what is missing; what is there stays. `admin` is a superuser's URL to any database."""
    database = database or f"ficha_{service}"
    owner, worker = _roles(service)
    connection = await _connect(admin)
    try:
        for role in (owner, worker):
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
                await connection.execute(f'CREATE ROLE "{role}" LOGIN NOSUPERUSER NOBYPASSRLS')
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            await connection.execute(f'CREATE DATABASE "{database}" OWNER "{owner}"')
            await connection.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
            await connection.execute(f'GRANT CONNECT ON DATABASE "{database}" TO "{worker}"')
        # A rebuild sorts what the log tells in a table of its own session.
        await connection.execute(f'GRANT TEMPORARY ON DATABASE "{database}" TO "{worker}"')
    finally:
        await connection.close()
    inside = await _connect(admin.set(database=database))
    try:
        await inside.execute(f'GRANT USAGE ON SCHEMA public TO "{worker}"; GRANT ALL ON SCHEMA public TO "{owner}"')
        await inside.execute(
            f'ALTER DEFAULT PRIVILEGES FOR ROLE "{owner}" IN SCHEMA public '
            f'GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{worker}"'
        )
        await inside.execute(
            f'ALTER DEFAULT PRIVILEGES FOR ROLE "{owner}" IN SCHEMA public '
            f'GRANT USAGE, SELECT ON SEQUENCES TO "{worker}"'
        )
    finally:
        await inside.close()
    return provisioned(admin, service, database=database)


def provisioned(admin: URL, service: str, *, database: str | None = None) -> Provisioned:
    """Where what `provision` made is."""
    database = database or f"ficha_{service}"
    owner, worker = _roles(service)
    return Provisioned(migrate_url=_url(admin, owner, database), database_url=_url(admin, worker, database))


def _roles(service: str) -> tuple[str, str]:
    """Who owns, and who works."""
    return f"ficha_{service}_owner", f"ficha_{service}"


async def _connect(url: URL) -> asyncpg.Connection:
    return await asyncpg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))


def _url(admin: URL, role: str, database: str) -> str:
    return admin.set(drivername="postgresql+asyncpg", username=role, password=None, database=database).render_as_string(
        hide_password=False
    )
