"""Keys and tokens for tests: real ones, as the gateway would mint them."""

from datetime import datetime
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from shared.db.tenancy import Scope
from shared.identifiers import new_id
from shared.settings import Issuer
from shared.web.identity import Identity, Signer, generate_keys

PRIVATE_KEY, PUBLIC_KEY = generate_keys()
ISSUERS = {"gateway": Issuer(public_key=PUBLIC_KEY)}
SIGNER = Signer("gateway", PRIVATE_KEY)


@pytest.fixture
def org_id() -> UUID:
    """An organisation of this test's own."""
    return new_id()


@pytest.fixture
def scope(org_id: UUID) -> Scope:
    return Scope(org_id=org_id, actor="user:test")


def bearer(
    service: str, org_id: UUID | None, *scopes: str, actor: str = "user:test", until: datetime | None = None
) -> str:
    identity = Identity(org_id=org_id, actor=actor, scopes=frozenset(scopes or ("*",)), until=until)
    return f"Bearer {SIGNER.token(identity, service)}"


def client_of(
    app: FastAPI, org_id: UUID | None, *scopes: str, actor: str = "user:test", until: datetime | None = None
) -> httpx.AsyncClient:
    """Speaks to `app` in process, as a user of `org_id`. Errors are answers, not exceptions, as in production."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False),
        base_url="http://service",
        headers={"Authorization": bearer(app.state.verifier.service, org_id, *scopes, actor=actor, until=until)},
    )
