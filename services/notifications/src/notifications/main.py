"""Composition root of the HTTP process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from notifications.config import Settings
from notifications.routes import router as messages
from notifications.webhooks.deliveries.routes import router as deliveries
from notifications.webhooks.routes import router as webhooks
from notifications.webhooks.sealing import Sealer
from notifications.webhooks.targets import Targets
from shared.db.session import Database
from shared.dead_letters.routes import router as dead_letters
from shared.web import app


def create_app(settings: Settings, database: Database) -> FastAPI:
    targets = Targets(private=settings.private_hosts)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        targets.close()

    routers = (messages, webhooks, deliveries, dead_letters)
    made = app.create_app("notifications", settings, database, routers, lifespan=lifespan)
    made.state.targets = targets
    made.state.sealer = Sealer(settings.webhook_keys.get_secret_value())
    return made
