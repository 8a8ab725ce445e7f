"""The documents service over its real database, spoken to in process, with contacts' facts told by events."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from documents.config import Settings
from documents.main import create_app
from shared.db.session import Database
from tests.documents.world import World
from tests.support.identity import ISSUERS, PRIVATE_KEY, client_of
from tests.support.postgres import Databases


@pytest.fixture(scope="session")
async def database(databases: Databases) -> AsyncIterator[Database]:
    async with databases.connect("documents") as database:
        yield database


def settings_with(**values: Any) -> Settings:
    return Settings(
        database_url=SecretStr("postgresql+asyncpg:///unused"),
        identity_issuers=ISSUERS,
        identity_private_key=SecretStr(PRIVATE_KEY),
        contacts_url="http://127.0.0.1:9",
        **values,
    )


@pytest.fixture(scope="session")
async def app(database: Database) -> AsyncIterator[FastAPI]:
    app = create_app(settings_with(), database)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(app: FastAPI, org_id: UUID) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, org_id) as client:
        yield client


@pytest.fixture
async def world(database: Database, client: httpx.AsyncClient, org_id: UUID) -> World:
    """An organisation that has introduced itself."""
    world = World(database, client, org_id)
    await world.organization()
    return world
