"""Composition root of the HTTP process."""

from fastapi import FastAPI

from contacts.config import Settings
from contacts.routes import panel_router, router
from shared.db.session import Database
from shared.web import app
from shared.web.dead_letters import router as dead_letters


def create_app(settings: Settings, database: Database) -> FastAPI:
    return app.create_app("contacts", settings, database, [router, panel_router, dead_letters])
