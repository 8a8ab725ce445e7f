"""The probe's HTTP door, spoken to in process."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from shared.db.session import Database
from shared.settings import ServiceSettings
from shared.web.app import create_app
from tests.shared.web.things_api import router, whoami
from tests.support.identity import ISSUERS, client_of


@pytest.fixture
def app(publisher: Database) -> FastAPI:
    settings = ServiceSettings(database_url=SecretStr("postgresql+asyncpg:///unused"), identity_issuers=ISSUERS)
    return create_app("probe", settings, publisher, [router, whoami])


@pytest.fixture
async def client(app: FastAPI, org_id: UUID) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, org_id) as client:
        yield client
