"""The world of each test: its things and their replicas in emptied databases."""

from collections.abc import AsyncIterator

import pytest

from shared.db.provision import Provisioned
from shared.db.session import Database
from tests.shared.rebuild.world import World, standing


@pytest.fixture
async def world(publisher: Database, listener: Database, listener_urls: Provisioned) -> AsyncIterator[World]:
    async with standing(World(publisher, listener, listener_urls.database_url)) as world:
        yield world
