"""Composition root of the HTTP process."""

from fastapi import FastAPI

from notifications.config import Settings
from notifications.routes import router
from shared.db.session import Database
from shared.web import app
from shared.web.dead_letters import router as dead_letters


def create_app(settings: Settings, database: Database) -> FastAPI:
    return app.create_app("notifications", settings, database, [router, dead_letters])
