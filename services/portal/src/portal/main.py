"""Composition root of the HTTP process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from portal.access.routes import panel_router
from portal.access.routes import router as access
from portal.catalogue.routes import router as catalogue
from portal.config import Settings
from portal.documents.routes import router as documents
from portal.errors import TooManyAttempts
from portal.home.routes import router as home
from portal.orders.routes import router as orders
from portal.payments.routes import router as payments
from portal.previews.routes import opening_router
from portal.previews.routes import router as previews
from portal.replicas.routes import router as company
from portal.resets.routes import internal_router as reset_links
from portal.resets.routes import router as resets
from portal.sessions.routes import router as sessions
from shared.db.session import Database
from shared.dead_letters.routes import router as dead_letters
from shared.passwords.hashing import Passwords
from shared.service_client import ServiceClient
from shared.web import app
from shared.web.identity import Signer

STAFF = (access, previews, panel_router, dead_letters)
SIBLINGS = (reset_links,)
CLIENTS = (company, sessions, resets, opening_router, home, documents, catalogue, orders, payments)
_DOCUMENTS_SECONDS = 15
"""The first PDF after a start takes its time."""


def create_app(settings: Settings, database: Database) -> FastAPI:
    signer = Signer("portal", settings.identity_private_key.get_secret_value())
    contacts = ServiceClient(
        "contacts", settings.contacts_url, signer, name="portal", scopes=frozenset({"contacts:read"})
    )
    documents = ServiceClient(
        "documents",
        settings.documents_url,
        signer,
        name="portal",
        scopes=frozenset({"documents:read"}),
        timeout=_DOCUMENTS_SECONDS,
    )
    passwords = Passwords(TooManyAttempts)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with contacts, documents:
            yield
        passwords.close()

    made = app.create_app("portal", settings, database, (*STAFF, *SIBLINGS, *CLIENTS), lifespan=lifespan)
    made.state.contacts = contacts
    made.state.documents = documents
    made.state.passwords = passwords
    return made
