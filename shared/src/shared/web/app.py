"""The HTTP app every service starts from: routers in, frame around them."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.telemetry import TelemetryConfig
from prometheus_client import CollectorRegistry

from shared.db.session import Database
from shared.settings import ServiceSettings
from shared.web import health, problems
from shared.web.correlation import CorrelationMiddleware
from shared.web.identity import Verifier
from shared.web.metrics import HttpMetrics
from shared.web.problems import Problem
from shared.web.semantics import SemanticsMiddleware, check_request
from shared.web.sparing import SparingAnswers

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "A problem",
        "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
    }
}

_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""FastAPI's own would be a second span of each request, with ids of its own, and send what errors say of people."""


def create_app(
    service: str,
    settings: ServiceSettings,
    database: Database,
    routers: Sequence[APIRouter],
    *,
    lifespan: Lifespan | None = None,
) -> FastAPI:
    """Routers are mounted under /api/v1 (`internal` ones carry their own full paths).

    On `app.state`: database, settings, verifier, registry (Prometheus) and readiness (list of checks, may grow).
    """
    app = FastAPI(
        title=f"Ficha {service}",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        responses=_PROBLEMS,
        dependencies=[Depends(check_request)],
        redirect_slashes=False,
        telemetry=_NO_TELEMETRY,
    )
    app.state.settings = settings
    app.state.verifier = Verifier(service, settings.identity_issuers, former=settings.identity_former_audience)
    for router in routers:
        app.include_router(router)
    return _framed(app, service, database)


def create_probe_app(service: str, database: Database) -> FastAPI:
    """Health and metrics alone: for a process that has no other HTTP door."""
    app = FastAPI(title=f"Ficha {service}", openapi_url=None, docs_url=None, redoc_url=None, telemetry=_NO_TELEMETRY)
    return _framed(app, service, database)


def _framed(app: FastAPI, service: str, database: Database) -> FastAPI:
    registry = CollectorRegistry()
    app.state.database = database
    app.state.registry = registry
    app.state.readiness = [health.database_check(database)]
    app.add_middleware(SparingAnswers)
    app.add_middleware(SemanticsMiddleware)
    app.add_middleware(CorrelationMiddleware, service=service, metrics=HttpMetrics(registry))
    problems.install(app)
    app.include_router(health.router)
    return app
