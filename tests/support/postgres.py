"""A private PostgreSQL for the run, and each service's database, made by its real migrations.

Tests commit for real and live side by side: each takes an organisation of its own, which is exactly
the isolation the product promises.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from local.postgres import Postgres
from shared.db.engine import create_engine
from shared.db.migrate import upgrade
from shared.db.provision import Provisioned, provision
from shared.db.session import Database


class Databases:
    """Makes a service's database once, when first asked for."""

    def __init__(self, server: Postgres) -> None:
        self.server = server
        self._made: dict[str, Provisioned] = {}

    async def urls(self, service: str) -> Provisioned:
        if service not in self._made:
            made = await provision(self.server.url, service)
            await asyncio.to_thread(upgrade, service, made.migrate_url)
            self._made[service] = made
        return self._made[service]

    @asynccontextmanager
    async def connect(self, service: str) -> AsyncIterator[Database]:
        urls = await self.urls(service)
        database = Database(create_engine(urls.database_url, application=f"test-{service}", pool_size=8))
        try:
            yield database
        finally:
            await database.close()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    server = Postgres(tmp_path_factory.mktemp("pg") / "data", durable=False).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def databases(postgres: Postgres) -> Databases:
    return Databases(postgres)
