"""The HTTP door of what the gateway composes: the panel, the stream, readiness."""

import asyncio
from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from pydantic import BeforeValidator

from gateway.authentication import authentication_of
from gateway.clients import Clients
from gateway.docs import POLICY, page
from gateway.live import Hub, chunks
from gateway.openapi import ApiDocument
from gateway.panel import Panel
from gateway.schemas import PanelOut, ReadinessOut
from shared.bus.topology import EXCHANGE
from shared.errors import FichaError, Unauthenticated
from shared.events.contract import asyncapi
from shared.web.health import Check
from shared.web.numbers import plain

_PROBE_SECONDS = 0.5

router = APIRouter(prefix="/api/v1", tags=["panel"])
document_router = APIRouter(include_in_schema=False)
health_router = APIRouter(include_in_schema=False)

_EVENT_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}
}


@router.get("/contacts/{contact_id}/panel", response_model=PanelOut)
async def get_panel(
    request: Request,
    contact_id: UUID,
    year: Annotated[
        int | None, BeforeValidator(plain), Query(ge=1900, le=2100, description="the present one unless told otherwise")
    ] = None,
) -> Response:
    """Everything about a contact. A slow or dead service dims its own sections; the answer is still 200."""
    # Asked here rather than by a dependency: this is the hottest path of the product.
    caller = await authentication_of(request).caller(request)
    panel = request.app.state.panel
    assert isinstance(panel, Panel)
    state = request.state
    headers = {"X-Request-ID": state.request_id, "traceparent": state.traceparent}
    body = await panel.compose(caller.identity, contact_id, year=year, headers=headers)
    return Response(body, media_type="application/json")


@router.get("/stream", response_class=StreamingResponse, responses=_EVENT_STREAM)
async def stream_changes(request: Request, contact_id: UUID | None = None) -> StreamingResponse:
    """Server-sent events: what changed, as `{type, subject, contact_id, version}`. After `event: resync`, and after
    every reconnection, ask for everything again: what was missed is not repeated."""
    authentication = authentication_of(request)
    caller = await authentication.caller(request)
    hub = request.app.state.hub
    assert isinstance(hub, Hub)

    async def still_allowed() -> bool:
        try:
            # An open panel nobody looks at must not keep its session alive.
            now = await authentication.caller(request, touch=False, anew=True)
        except Unauthenticated:
            return False
        # With other rights it is another stream: who reconnects gets that one.
        return now.identity.scopes == caller.identity.scopes

    heartbeat = request.app.state.settings.stream_heartbeat_seconds
    return StreamingResponse(
        chunks(hub, caller.identity, contact_id, heartbeat=heartbeat, still_allowed=still_allowed),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@document_router.get("/api/v1/openapi.json")
async def get_document(request: Request) -> Response:
    return Response(orjson.dumps(await _document(request)), media_type="application/json")


@document_router.get("/api/v1/asyncapi.json")
async def get_events_document() -> Response:
    return Response(_events_document(), media_type="application/json")


@document_router.get("/docs")
async def get_docs(request: Request) -> HTMLResponse:
    return HTMLResponse(page(await _document(request)), headers={"Content-Security-Policy": POLICY})


@health_router.get("/health/ready")
async def ready(request: Request, response: Response) -> ReadinessOut:
    """Stands before the common one: a service that is away is said, but does not take the gateway away too."""
    checks: Sequence[Check] = request.app.state.readiness
    clients = request.app.state.clients
    assert isinstance(clients, Clients)
    found, reachable = await asyncio.gather(
        asyncio.gather(*(check() for check in checks)),
        asyncio.gather(*(_lives(clients, service) for service in clients.services)),
    )
    missing = [what for what in found if what]
    if missing:
        response.status_code = 503
    return ReadinessOut(
        status="unavailable" if missing else "ok",
        missing=missing,
        unreachable=[service for service, lives in zip(clients.services, reachable, strict=True) if not lives],
    )


async def _document(request: Request) -> dict[str, Any]:
    document = request.app.state.document
    assert isinstance(document, ApiDocument)
    return await document.get()


@cache
def _events_document() -> bytes:
    return orjson.dumps(asyncapi(EXCHANGE))


async def _lives(clients: Clients, service: str) -> bool:
    try:
        status, _ = await clients.read(service, "/health/live", within=_PROBE_SECONDS)
    except FichaError:
        return False
    return status == 200
