"""Live, ready and metrics, the same on every service."""

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy import text

from shared.db.session import Database
from shared.web.metrics import exposition

router = APIRouter(include_in_schema=False)

Check = Callable[[], Awaitable[str | None]]
"""Answers what is missing, or None."""


class Readiness(BaseModel):
    status: str
    missing: list[str]


@router.get("/health/live")
async def live() -> dict[str, str]:
    """Answers as long as the process turns."""
    return {"status": "ok"}


@router.get("/health/ready")
async def ready(request: Request, response: Response) -> Readiness:
    """200, or 503 with what is missing to serve."""
    checks: list[Check] = request.app.state.readiness
    missing = [found for found in await asyncio.gather(*(check() for check in checks)) if found]
    if missing:
        response.status_code = 503
    return Readiness(status="unavailable" if missing else "ok", missing=missing)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """The process's metrics in Prometheus' text format."""
    return Response(exposition(request.app.state.registry), media_type="text/plain; version=0.0.4")


def database_check(database: Database) -> Check:
    """Returns a readiness check that asks the database something, for two seconds at most."""

    async def check() -> str | None:
        try:
            async with asyncio.timeout(2), database.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception:
            return "database unreachable"
        return None

    return check
