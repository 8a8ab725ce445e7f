"""The crm service over its real database, with the real contacts service beside it."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

import contacts.config
import contacts.main
from crm.config import Settings
from crm.main import create_app
from shared.db.session import Database
from shared.identifiers import new_id
from shared.settings import Issuer
from shared.web.identity import generate_keys
from shared.web.server import serve
from tests.crm.support import contact_event, hear
from tests.support.identity import ISSUERS, client_of
from tests.support.postgres import Databases

PRIVATE_KEY, _PUBLIC_KEY = generate_keys()


@pytest.fixture(scope="session")
async def database(databases: Databases) -> AsyncIterator[Database]:
    async with databases.connect("crm") as database:
        yield database


@pytest.fixture(scope="session")
async def contacts_app(databases: Databases) -> AsyncIterator[FastAPI]:
    issuers = {**ISSUERS, "crm": Issuer(public_key=_PUBLIC_KEY, scopes=["contacts:read", "contacts:snapshot"])}
    settings = contacts.config.Settings(
        database_url=SecretStr("postgresql+asyncpg:///unused"), identity_issuers=issuers
    )
    async with databases.connect("contacts") as database:
        yield contacts.main.create_app(settings, database)


@pytest.fixture(scope="session")
async def contacts_url(contacts_app: FastAPI) -> AsyncIterator[str]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        port = await serve(tasks, contacts_app, "127.0.0.1", 0, stop)
        yield f"http://127.0.0.1:{port}"
        stop.set()


def settings_for(contacts_url: str) -> Settings:
    return Settings(
        database_url=SecretStr("postgresql+asyncpg:///unused"),
        identity_issuers=ISSUERS,
        identity_private_key=SecretStr(PRIVATE_KEY),
        contacts_url=contacts_url,
    )


@pytest.fixture(scope="session")
async def app(database: Database, contacts_url: str) -> AsyncIterator[FastAPI]:
    app = create_app(settings_for(contacts_url), database)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(app: FastAPI, org_id: UUID) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, org_id) as client:
        yield client


@pytest.fixture
async def contacts_client(contacts_app: FastAPI, org_id: UUID) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(contacts_app, org_id) as client:
        yield client


@pytest.fixture
async def contact_id(database: Database, org_id: UUID) -> str:
    """A contact that crm has heard of."""
    contact_id = new_id()
    await hear(database, contact_event(org_id, contact_id))
    return str(contact_id)
