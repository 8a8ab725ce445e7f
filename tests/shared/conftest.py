"""Two small databases, one on each side of the bus, emptied before each test."""

from collections.abc import AsyncIterator

import pytest

from local.postgres import Postgres
from shared.db.provision import Provisioned
from shared.db.session import Database
from tests.support import probe


@pytest.fixture(scope="session")
async def probe_urls(postgres: Postgres) -> Provisioned:
    return await probe.build(postgres, "probe")


@pytest.fixture(scope="session")
async def listener_urls(postgres: Postgres) -> Provisioned:
    return await probe.build(postgres, "listener")


@pytest.fixture
async def publisher(probe_urls: Provisioned) -> AsyncIterator[Database]:
    await probe.empty(probe_urls)
    async with probe.connect(probe_urls) as database:
        yield database


@pytest.fixture
async def listener(listener_urls: Provisioned) -> AsyncIterator[Database]:
    await probe.empty(listener_urls)
    async with probe.connect(listener_urls) as database:
        yield database
