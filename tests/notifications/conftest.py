"""Notifications over its real database, with a real SMTP server and a stand-in for documents on loopback."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from cryptography import x509
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

from notifications.config import Settings
from notifications.delivery import Delivery
from notifications.mailers import Mailer, SmtpMailer
from notifications.main import create_app
from notifications.sources import Sources
from notifications.webhooks.deliveries.dispatch import Dispatch
from notifications.webhooks.deliveries.posting import Poster
from notifications.webhooks.sealing import Sealer
from notifications.webhooks.targets import Targets
from shared.db.session import Database
from shared.service_client import ServiceClient
from shared.web.identity import Signer
from tests.notifications.receiver import Receiver
from tests.notifications.servers import LinkServer, MailServer, PdfServer
from tests.support.identity import ISSUERS, PRIVATE_KEY, client_of
from tests.support.postgres import Databases

FROM = "ficha@ficha.example"
WEBHOOK_KEY = Fernet.generate_key().decode()

Delivering = Callable[..., AbstractAsyncContextManager[Delivery]]
Dispatching = Callable[..., AbstractAsyncContextManager[Dispatch]]


@pytest.fixture(scope="session")
async def database(databases: Databases) -> AsyncIterator[Database]:
    async with databases.connect("notifications") as database:
        yield database


@pytest.fixture(autouse=True)
async def nothing_due(database: Database) -> None:
    """A job delivers whatever is due, of any organisation: leave it nothing of earlier tests."""
    async with database.engine.begin() as connection:
        await connection.execute(text("DELETE FROM delivery"))
        await connection.execute(text("DELETE FROM webhook_wake"))
        await connection.execute(text("UPDATE webhook_lane SET due_at = NULL"))


@pytest.fixture(scope="session")
def app(database: Database) -> FastAPI:
    settings = Settings(
        database_url=SecretStr("postgresql+asyncpg:///unused"),
        identity_issuers=ISSUERS,
        identity_private_key=SecretStr(PRIVATE_KEY),
        documents_url="http://documents",
        portal_url="http://portal",
        mail_from=FROM,
        mail_folder=Path("unused"),
        webhook_keys=SecretStr(WEBHOOK_KEY),
        webhook_private_hosts="127.0.0.1",
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
async def portal() -> AsyncIterator[LinkServer]:
    async with LinkServer().running() as server:
        yield server


@pytest.fixture
def delivering(database: Database, documents: PdfServer, portal: LinkServer) -> Delivering:
    """`async with delivering(server_or_mailer)`: a delivery job of its own, stopped at the end."""

    @asynccontextmanager
    async def run(
        out: MailServer | Mailer, *, ladder: Sequence[float] = (0.05, 0.05, 0.05), lease_seconds: float = 5
    ) -> AsyncIterator[Delivery]:
        mailer = SmtpMailer("127.0.0.1", out.port, timeout=5) if isinstance(out, MailServer) else out
        signer = Signer("gateway", PRIVATE_KEY)
        sources = Sources(
            documents=ServiceClient(
                "documents", documents.url, signer, name="notifications", scopes=frozenset({"documents:read"})
            ),
            portal=ServiceClient(
                "portal", portal.url, signer, name="notifications", scopes=frozenset({"portal:links"})
            ),
        )
        delivery = Delivery(database, mailer, sources, mail_from=FROM, ladder=ladder, lease_seconds=lease_seconds)
        stop = asyncio.Event()
        running = asyncio.create_task(delivery.run(stop))
        try:
            yield delivery
        finally:
            stop.set()
            with contextlib.suppress(asyncio.CancelledError):
                await running

    return run


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver().running() as receiver:
        yield receiver


@pytest.fixture
def dispatching(database: Database) -> Dispatching:
    """`async with dispatching()`: a job of its own that delivers to webhooks, stopped at the end."""

    @asynccontextmanager
    async def run(
        *,
        ladder: Sequence[float] = (0.02, 0.02),
        lease_seconds: float = 5,
        timeout: float = 5,
        rest_seconds: float = 0.02,
        targets: Targets | None = None,
        keys: str = WEBHOOK_KEY,
    ) -> AsyncIterator[Dispatch]:
        poster = Poster(targets or Targets(private={"127.0.0.1"}), timeout=timeout, rest_seconds=rest_seconds)
        dispatch = Dispatch(database, poster, Sealer(keys), ladder=ladder, lease_seconds=lease_seconds)
        stop = asyncio.Event()
        running = asyncio.create_task(dispatch.run(stop))
        try:
            yield dispatch
        finally:
            stop.set()
            with contextlib.suppress(asyncio.CancelledError):
                await running

    return run


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For 127.0.0.1, signed by itself; key and certificate in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context
