"""Composition root of the HTTP process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from crm.activities.routes import router as activities
from crm.config import Settings
from crm.notes.routes import router as notes
from crm.opportunities.routes import router as opportunities
from crm.panel.routes import router as panel
from crm.pipelines.routes import router as pipelines
from shared.db.session import Database
from shared.dead_letters.routes import router as dead_letters
from shared.service_client import ServiceClient
from shared.web import app
from shared.web.identity import Signer

ROUTERS = (pipelines, opportunities, activities, notes, panel, dead_letters)


def create_app(settings: Settings, database: Database) -> FastAPI:
    signer = Signer("crm", settings.identity_private_key.get_secret_value())
    contacts = ServiceClient("contacts", settings.contacts_url, signer, name="crm", scopes=frozenset({"contacts:read"}))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with contacts:
            yield

    made = app.create_app("crm", settings, database, ROUTERS, lifespan=lifespan)
    made.state.contacts = contacts
    return made
