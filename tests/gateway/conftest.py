"""The gateway over its real database, served on loopback before stand-ins for the services behind it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from ipaddress import ip_network
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from gateway.accounts import service
from gateway.accounts.errors import TooManyAttempts
from gateway.config import Settings
from gateway.main import create_app
from local.ports import free_ports
from shared.db.session import Database
from shared.db.tenancy import Scope
from shared.identifiers import new_id
from shared.passwords.hashing import Passwords
from shared.web.protocol import Door, Limits
from tests.gateway.peers import Peer, serving
from tests.support.identity import ISSUERS, PRIVATE_KEY
from tests.support.postgres import Databases

SERVICES = ("contacts", "documents", "crm", "files", "portal", "notifications")
PASSWORD = "correct horse battery"
_PASSWORDS = Passwords(TooManyAttempts)


@dataclass(frozen=True)
class Person:
    org_id: UUID
    email: str


@pytest.fixture(scope="session")
async def database(databases: Databases) -> AsyncIterator[Database]:
    async with databases.connect("gateway") as database:
        yield database


@pytest.fixture(scope="session")
async def running_peers() -> AsyncIterator[dict[str, Peer]]:
    async with AsyncExitStack() as stack:
        peers = {name: Peer(name) for name in SERVICES}
        for peer in peers.values():
            peer.url = await stack.enter_async_context(serving(peer.app))
        yield peers


@pytest.fixture
def peers(running_peers: dict[str, Peer]) -> dict[str, Peer]:
    """All well, and nothing asked of them yet."""
    for peer in running_peers.values():
        peer.reset()
    return running_peers


def settings_for(peers: dict[str, Peer], **values: object) -> Settings:
    """Of one that is found where it listens: at `port`, a free one."""
    urls = {f"{name}_url": peer.url for name, peer in peers.items()}
    [port] = free_ports(1)
    return Settings.model_validate(
        {
            "database_url": SecretStr("postgresql+asyncpg:///unused"),
            "identity_private_key": PRIVATE_KEY,
            "identity_issuers": ISSUERS,
            "port": port,
            "public_url": f"http://127.0.0.1:{port}",
            **urls,
            **values,
        }
    )


def behind_a_proxy() -> Door:
    """As if one was on this machine: so tests come from any address."""
    return Door(Limits(proxies=[ip_network("127.0.0.0/8")]))


@pytest.fixture(scope="session")
async def gateway(running_peers: dict[str, Peer], database: Database) -> AsyncIterator[tuple[FastAPI, str]]:
    """The app, and where it listens."""
    app = create_app(settings_for(running_peers, service_timeout_seconds=1, stream_heartbeat_seconds=0.2), database)
    async with serving(app, app.state.settings.port, door=behind_a_proxy()) as url:
        yield app, url


@pytest.fixture
def app(gateway: tuple[FastAPI, str]) -> FastAPI:
    return gateway[0]


@pytest.fixture
def url(gateway: tuple[FastAPI, str]) -> str:
    return gateway[1]


async def new_person(database: Database, *, org_id: UUID | None = None, is_admin: bool = True) -> Person:
    """Somebody of an organisation; without one, of a new one."""
    password_hash = await _PASSWORDS.hash(PASSWORD)
    email = f"{new_id().hex}@example.com"
    async with database.transaction(Scope(org_id=org_id or new_id())) as session:
        if org_id is None:
            await service.create_organization(session, name="Acme", slug=new_id().hex)
        user = await service.create_user(
            session, name="Ana", email=email, password_hash=password_hash, is_admin=is_admin
        )
        return Person(user.org_id, email)


@pytest.fixture
async def admin(database: Database) -> Person:
    return await new_person(database)


async def log_in(client: httpx.AsyncClient, person: Person, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/api/v1/session", json={"email": person.email, "password": password})


@pytest.fixture
async def anonymous(url: str, peers: dict[str, Peer]) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url) as client:
        yield client


@pytest.fixture
async def client(url: str, peers: dict[str, Peer], admin: Person) -> AsyncIterator[httpx.AsyncClient]:
    """The administrator, logged in."""
    async with httpx.AsyncClient(base_url=url) as client:
        answer = await log_in(client, admin)
        assert answer.status_code == 201, answer.text
        yield client
