"""Composition root of the HTTP process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI

from files.config import Settings
from files.routes import panel_router, router
from files.storage import Storage
from shared.db.session import Database
from shared.dead_letters.routes import router as dead_letters
from shared.service_client import ServiceClient
from shared.web import app
from shared.web.identity import Signer

logger = structlog.get_logger("files")


def create_app(settings: Settings, database: Database) -> FastAPI:
    storage = Storage(settings)
    contacts = ServiceClient(
        "contacts",
        settings.contacts_url,
        Signer("files", settings.identity_private_key.get_secret_value()),
        name="files",
        scopes=frozenset({"contacts:read"}),
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # A storage that is not there yet does not keep us from starting: readiness tells, and asks again.
        if missing := await storage.missing():
            logger.warning("started_without", missing=missing)
        async with contacts:
            yield
        storage.close()

    made = app.create_app("files", settings, database, [router, panel_router, dead_letters], lifespan=lifespan)
    made.state.storage = storage
    made.state.contacts = contacts
    made.state.readiness.append(storage.missing)
    return made
