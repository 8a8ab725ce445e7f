"""Composition root of the HTTP process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from fastapi import FastAPI

from documents.config import Settings
from documents.drafts.routes import router as drafts
from documents.events import restate_document
from documents.lifecycle.routes import router as lifecycle
from documents.models import Document, Product
from documents.payments.routes import router as payments
from documents.printing.press import Press
from documents.printouts.routes import router as printouts
from documents.products.events import restate_product
from documents.products.routes import router as products
from documents.reports.routes import panel_router
from documents.reports.routes import router as reports
from documents.routes import router as documents
from documents.sending.routes import router as sending
from documents.series.routes import router as series
from documents.taxes.routes import router as taxes
from shared.db.session import Database
from shared.dead_letters.routes import router as dead_letters
from shared.service_client import ServiceClient
from shared.web import app
from shared.web.identity import Signer
from shared.web.snapshot import Owned, snapshot_router

ROUTERS = (
    products,
    taxes,
    series,
    drafts,
    documents,
    lifecycle,
    payments,
    sending,
    printouts,
    reports,
    panel_router,
    dead_letters,
)
_LOGO_SECONDS = 1.0
_AT_HOME = (
    Document.lines,
    Document.taxes,
    Document.notes,
    Document.organization_snapshot,
    Document.contact_snapshot,
)
OWNED = (
    Owned("document", Document, restate_document, without=_AT_HOME),
    Owned("product", Product, restate_product),
)


def create_app(settings: Settings, database: Database) -> FastAPI:
    signer = Signer("documents", settings.identity_private_key.get_secret_value())
    contacts = ServiceClient(
        "contacts", settings.contacts_url, signer, name="documents", scopes=frozenset({"contacts:read"})
    )
    gateway = None
    if url := settings.owners.get("gateway"):
        gateway = ServiceClient("gateway", url, signer, name="documents", scopes=frozenset(), timeout=_LOGO_SECONDS)

    press = Press(processes=settings.print_processes, waiting=settings.print_waiting, seconds=settings.print_seconds)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with contacts, gateway or nullcontext(), press:
            yield

    made = app.create_app(
        "documents", settings, database, (*ROUTERS, snapshot_router("documents", *OWNED)), lifespan=lifespan
    )
    made.state.contacts = contacts
    made.state.gateway = gateway
    made.state.press = press
    return made
