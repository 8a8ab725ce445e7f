"""The contacts service over its real database, spoken to in process."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from contacts.config import Settings
from contacts.main import create_app
from shared.db.session import Database
from tests.support.identity import ISSUERS, client_of
from tests.support.postgres import Databases


@pytest.fixture(scope="session")
async def database(databases: Databases) -> AsyncIterator[Database]:
    async with databases.connect("contacts") as database:
        yield database


@pytest.fixture(scope="session")
def app(database: Database) -> FastAPI:
    settings = Settings(database_url=SecretStr("postgresql+asyncpg:///unused"), identity_issuers=ISSUERS)
    return create_app(settings, database)


@pytest.fixture
async def client(app: FastAPI, org_id: UUID) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, org_id) as client:
        yield client
