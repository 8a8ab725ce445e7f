"""The services whose doors take what another service then does."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import UUID

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

import contacts.config
import contacts.main
import documents.config
import documents.main
import portal.config
import portal.main
from shared.db.session import Database
from tests.documents.world import World as Documents
from tests.doors.house import LISTENERS, House
from tests.portal.world import HOST
from tests.support.identity import ISSUERS, PRIVATE_KEY, client_of
from tests.support.postgres import Databases

_NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="session")
async def house_databases(databases: Databases) -> AsyncIterator[dict[str, Database]]:
    async with AsyncExitStack() as stack:
        yield {
            service: await stack.enter_async_context(databases.connect(service)) for service in ("contacts", *LISTENERS)
        }


@pytest.fixture(scope="session")
async def apps(house_databases: dict[str, Database]) -> AsyncIterator[dict[str, FastAPI]]:
    common = {
        "database_url": SecretStr("postgresql+asyncpg:///unused"),
        "identity_issuers": ISSUERS,
        "identity_private_key": SecretStr(PRIVATE_KEY),
    }
    made = {
        "contacts": contacts.main.create_app(
            contacts.config.Settings.model_validate(common), house_databases["contacts"]
        ),
        "documents": documents.main.create_app(
            documents.config.Settings.model_validate({**common, "contacts_url": _NOWHERE}), house_databases["documents"]
        ),
        "portal": portal.main.create_app(
            portal.config.Settings.model_validate(
                {**common, "contacts_url": _NOWHERE, "documents_url": _NOWHERE, "public_url": f"{HOST}/"}
            ),
            house_databases["portal"],
        ),
    }
    async with AsyncExitStack() as stack:
        for app in made.values():
            await stack.enter_async_context(app.router.lifespan_context(app))
        yield made


@pytest.fixture
async def house(apps: dict[str, FastAPI], house_databases: dict[str, Database], org_id: UUID) -> AsyncIterator[House]:
    house = House(apps, house_databases, org_id)
    await house.portal().organization()
    async with client_of(apps["documents"], org_id) as client:
        await Documents(house_databases["documents"], client, org_id).organization()
    yield house
    await house.close()
