"""The portal service over its real database, beside stand-ins for the services it asks."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from portal.config import Settings
from portal.main import create_app
from shared.db.session import Database
from tests.portal.peers import PRIVATE_KEY, Peer, standing
from tests.portal.world import HOST, World
from tests.support.identity import ISSUERS
from tests.support.postgres import Databases


@pytest.fixture(scope="session")
async def database(databases: Databases) -> AsyncIterator[Database]:
    async with databases.connect("portal") as database:
        yield database


@pytest.fixture(scope="session")
async def documents() -> AsyncIterator[Peer]:
    async with standing("documents:read") as peer:
        yield peer


@pytest.fixture(scope="session")
async def contacts() -> AsyncIterator[Peer]:
    async with standing("contacts:read") as peer:
        yield peer


@pytest.fixture(scope="session")
def settings(documents: Peer, contacts: Peer) -> Settings:
    return Settings(
        database_url=SecretStr("postgresql+asyncpg:///unused"),
        identity_issuers=ISSUERS,
        identity_private_key=SecretStr(PRIVATE_KEY),
        contacts_url=contacts.url,
        documents_url=documents.url,
        public_url=f"{HOST}/",
    )


@pytest.fixture(scope="session")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    app = create_app(settings, database)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def world(app: FastAPI, database: Database, documents: Peer, contacts: Peer) -> World:
    world = World(app, database, documents, contacts)
    await world.organization()
    return world


@pytest.fixture
async def other_world(app: FastAPI, database: Database, documents: Peer, contacts: Peer) -> World:
    """Another organisation."""
    world = World(app, database, documents, contacts)
    await world.organization()
    return world
