"""Composition root of the HTTP process."""

from fastapi import FastAPI

from contacts.config import Settings
from contacts.events import restate_contact, restate_link
from contacts.models import Contact, PersonLink
from contacts.routes import panel_router, router
from shared.db.session import Database
from shared.dead_letters.routes import router as dead_letters
from shared.web import app
from shared.web.snapshot import Owned, snapshot_router

OWNED = (Owned("contact", Contact, restate_contact), Owned("person_link", PersonLink, restate_link))


def create_app(settings: Settings, database: Database) -> FastAPI:
    routers = [router, panel_router, dead_letters, snapshot_router("contacts", *OWNED)]
    return app.create_app("contacts", settings, database, routers)
