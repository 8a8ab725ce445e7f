"""Composition root of the HTTP process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware import Middleware

from gateway.accounts.audit.routes import router as audit_router
from gateway.accounts.bootstrap import ensure_administrator
from gateway.accounts.errors import TooManyAttempts
from gateway.accounts.events import restate_key, restate_organization, restate_user
from gateway.accounts.keys.routes import router as key_router
from gateway.accounts.models import ApiKey, Organization, User
from gateway.accounts.routes import internal_router, logo_router, organization_router, user_router
from gateway.accounts.sessions.routes import Logins
from gateway.accounts.sessions.routes import router as session_router
from gateway.addresses import Addresses, HostCheck
from gateway.authentication import Authentication, identify
from gateway.clients import Clients
from gateway.config import Settings
from gateway.cookies import Cookies
from gateway.feed.bell import BELL
from gateway.feed.routes import router as feed_router
from gateway.last_known import LastKnown
from gateway.live import hub_of
from gateway.openapi import ApiDocument
from gateway.operations.routes import router as operations_router
from gateway.origin import OwnOrigin
from gateway.panel import Panel
from gateway.protection import ProtectionMiddleware
from gateway.proxy import Proxy
from gateway.routes import document_router, health_router, router
from gateway.security_txt import router as security_txt_router
from gateway.web import FOLDER, WebClient
from shared.bus.amqp.transport import AmqpTransport
from shared.db.session import Database
from shared.passwords.hashing import Passwords
from shared.passwords.pace import Pace
from shared.supervision import outlive
from shared.web import app as web
from shared.web.identity import Signer, get_identity
from shared.web.snapshot import Owned, snapshot_router

OWNED = (
    Owned("organization", Organization, restate_organization),
    Owned("user", User, restate_user),
    Owned("api_key", ApiKey, restate_key),
)


def create_app(settings: Settings, database: Database) -> FastAPI:
    routers = [
        router,
        session_router,
        organization_router,
        logo_router,
        user_router,
        key_router,
        audit_router,
        feed_router,
        operations_router,
        document_router,
        security_txt_router,
        health_router,
        internal_router,
        snapshot_router("gateway", *OWNED),
    ]
    app = web.create_app("gateway", settings, database, routers, lifespan=_lifespan)
    addresses = Addresses(settings.public_url, settings.other_urls)
    origin = OwnOrigin(addresses)
    clients = Clients(
        settings.services,
        Signer("gateway", settings.identity_private_key.get_secret_value()),
        silence_seconds=settings.service_timeout_seconds,
    )
    cookies = Cookies(https=settings.https)
    authentication = Authentication(database, origin=origin, cookies=cookies, lifetimes=settings.lifetimes)
    app.add_middleware(ProtectionMiddleware, hsts=settings.hsts)
    # Innermost: what it refuses is logged, counted and protected like every other answer.
    app.user_middleware.append(Middleware(HostCheck, addresses=addresses))
    app.state.authentication = authentication
    app.state.logins = Logins(Passwords(TooManyAttempts), origin, cookies, settings.lifetimes, Pace(most=60, each=1))
    app.state.clients = clients
    last_known = LastKnown(most_mib=settings.panel_last_known_mib, seconds=settings.panel_last_known_seconds)
    app.state.panel = Panel(clients, last_known, deadline=settings.panel_deadline_ms / 1000)
    app.state.hub = hub_of(database)
    authentication.on_forget(app.state.hub.doubt)
    authentication.on_forget(BELL.ring)
    app.state.document = ApiDocument(clients, app.openapi)
    # FastAPI's own route there knows this service only.
    app.router.routes[:] = [route for route in app.router.routes if getattr(route, "path", "") != app.openapi_url]
    # The other services believe a token of ours; here a person or a program asks, with a cookie or a key.
    app.dependency_overrides[get_identity] = identify
    web_client = WebClient(FOLDER, otherwise=app.router.default)
    app.router.default = Proxy(clients, authentication, origin, otherwise=web_client)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state = app.state
    await ensure_administrator(state.settings, state.database, state.logins.passwords)
    async with state.clients:
        # In the process's own group, where there is one: with its ear dead, a stream must not go on looking open.
        group = getattr(state, "tasks", asyncio)
        tasks = [asyncio.create_task(_end_streams(app)), group.create_task(_listen(app))]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


async def _end_streams(app: FastAPI) -> None:
    """As soon as the process is to stop: the server waits for open answers, which streams and long polls never end."""
    stop = getattr(app.state, "stop", None)
    if stop is not None:
        await stop.wait()
        app.state.hub.end_all()
        BELL.ring_all()


async def _listen(app: FastAPI) -> None:
    """Where the worker is another process, open streams need an ear of their own."""
    settings: Settings = app.state.settings
    if settings.amqp_url and not app.state.hub.listening:
        transport = AmqpTransport(settings.amqp_url.get_secret_value(), "gateway")
        app.state.hub.listen_to(transport)
        await outlive(transport.run, getattr(app.state, "stop", None) or asyncio.Event())
