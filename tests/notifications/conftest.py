"""Notifications over its real database, with a real SMTP server and a stand-in for documents on loopback."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

from notifications.config import Settings
from notifications.delivery import Delivery
from notifications.mailers import Mailer, SmtpMailer
from notifications.main import create_app
from shared.db.session import Database
from shared.web.asking import Asker
from shared.web.identity import Signer
from tests.notifications.servers import MailServer, PdfServer
from tests.support.identity import ISSUERS, PRIVATE_KEY, client_of
from tests.support.postgres import Databases

FROM = "ficha@ficha.example"

Delivering = Callable[..., AbstractAsyncContextManager[Delivery]]


@pytest.fixture(scope="session")
async def database(databases: Databases) -> AsyncIterator[Database]:
    async with databases.connect("notifications") as database:
        yield database


@pytest.fixture(autouse=True)
async def nothing_due(database: Database) -> None:
    """A job delivers whatever is due, of any organisation: leave it nothing of earlier tests."""
    async with database.engine.begin() as connection:
        await connection.execute(text("DELETE FROM delivery"))


@pytest.fixture(scope="session")
def app(database: Database) -> FastAPI:
    settings = Settings(
        database_url=SecretStr("unused"),
        identity_issuers=ISSUERS,
        identity_private_key=SecretStr(PRIVATE_KEY),
        documents_url="http://documents",
        mail_from=FROM,
        mail_folder=Path("unused"),
    )
    return create_app(settings, database)


@pytest.fixture
async def client(app: FastAPI, org_id: UUID) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, org_id) as client:
        yield client


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    async with MailServer().running() as server:
        yield server


@pytest.fixture
async def documents() -> AsyncIterator[PdfServer]:
    async with PdfServer().running() as server:
        yield server


@pytest.fixture
def delivering(database: Database, documents: PdfServer) -> Delivering:
    """`async with delivering(server_or_mailer)`: a delivery job of its own, stopped at the end."""

    @asynccontextmanager
    async def run(
        out: MailServer | Mailer, *, ladder: Sequence[float] = (0.05, 0.05, 0.05), lease_seconds: float = 5
    ) -> AsyncIterator[Delivery]:
        mailer = SmtpMailer("127.0.0.1", out.port, timeout=5) if isinstance(out, MailServer) else out
        asker = Asker(
            documents.url, Signer("gateway", PRIVATE_KEY), name="notifications", scopes=frozenset({"documents:read"})
        )
        delivery = Delivery(database, mailer, asker, mail_from=FROM, ladder=ladder, lease_seconds=lease_seconds)
        stop = asyncio.Event()
        running = asyncio.create_task(delivery.run(stop))
        try:
            yield delivery
        finally:
            stop.set()
            with contextlib.suppress(asyncio.CancelledError):
                await running

    return run
