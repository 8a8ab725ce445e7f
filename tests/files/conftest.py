"""The files service over its real database, a real object storage, and the real contacts service beside it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

import contacts.config
import contacts.main
from files.config import Settings
from files.handlers import SUBSCRIPTIONS
from files.main import create_app
from files.storage import Storage
from local.s3 import S3
from shared.bus.consumer import Consumer, Done
from shared.db.session import Database
from shared.identifiers import new_id
from shared.settings import Issuer
from shared.web.identity import generate_keys
from shared.web.server import serve
from tests.files.support import Bucket, contact_event
from tests.support.identity import ISSUERS, client_of
from tests.support.postgres import Databases

PRIVATE_KEY, _PUBLIC_KEY = generate_keys()


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    """The app's address while it is served for real."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        port = await serve(tasks, app, "127.0.0.1", 0, stop)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            stop.set()


@pytest.fixture(scope="session")
async def database(databases: Databases) -> AsyncIterator[Database]:
    async with databases.connect("files") as database:
        yield database


@pytest.fixture(scope="session")
async def contacts_app(databases: Databases) -> AsyncIterator[FastAPI]:
    issuers = {**ISSUERS, "files": Issuer(public_key=_PUBLIC_KEY, scopes=["contacts:read"])}
    settings = contacts.config.Settings(
        database_url=SecretStr("postgresql+asyncpg:///unused"), identity_issuers=issuers
    )
    async with databases.connect("contacts") as database:
        yield contacts.main.create_app(settings, database)


@pytest.fixture(scope="session")
async def contacts_url(contacts_app: FastAPI) -> AsyncIterator[str]:
    async with serving(contacts_app) as url:
        yield url


@pytest.fixture(scope="session")
def settings(s3: S3, contacts_url: str) -> Settings:
    return Settings(
        database_url=SecretStr("postgresql+asyncpg:///unused"),
        identity_issuers=ISSUERS,
        identity_private_key=SecretStr(PRIVATE_KEY),
        contacts_url=contacts_url,
        s3_endpoint=s3.endpoint,
        s3_access_key=SecretStr(s3.access_key),
        s3_secret_key=SecretStr(s3.secret_key),
        s3_bucket="ficha-files-test",
        s3_secure=False,
    )


@pytest.fixture(scope="session")
def storage(settings: Settings) -> Iterator[Storage]:
    """The sweeper's, as the worker has it."""
    storage = Storage(settings)
    yield storage
    storage.close()


@pytest.fixture(scope="session")
def bucket(s3: S3, settings: Settings) -> Bucket:
    return Bucket(s3.client(), settings.s3_bucket)


@pytest.fixture(scope="session")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    app = create_app(settings, database)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(app: FastAPI, org_id: UUID) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, org_id) as client:
        yield client


@pytest.fixture
async def contact_id(database: Database, org_id: UUID) -> UUID:
    """A contact the service has heard of."""
    contact_id = new_id()
    consumer = Consumer("files", database, SUBSCRIPTIONS)
    assert await consumer.handle(contact_event(org_id, contact_id)) == Done()
    return contact_id
