"""Stand-ins for the services behind the gateway: real HTTP, real checks of the internal token, answers to order."""

import asyncio
import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, create_model

from shared.errors import NotFound
from shared.web import health, problems
from shared.web.identity import Authorize, Identity, Verifier, get_identity
from shared.web.protocol import Door
from shared.web.server import serve
from tests.support.identity import ISSUERS

PARTS: dict[str, dict[str, Any]] = {
    "contacts": {"contact": {"name": "Acme"}, "people": {"items": []}},
    "documents": {"year": {"sales_total": "12.50"}, "documents": {"items": [], "counts": {"sales": 1}}},
    "crm": {"activities": {"items": []}, "opportunities": {"items": []}, "notes": {"items": []}},
    "portal": {"portal": {"enabled": False}},
    "files": {"files": {"items": [], "count": 0}},
}


class Thing(BaseModel):
    """Every stand-in has one of this name; only that of crm looks different."""

    name: str


CrmThing = create_model("Thing", title=(str, ...))


class Peer:
    """`mode`: ok, hang, error, nonsense, empty, missing. `seen`: what was asked, with its identity."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.url = ""
        self.mode = "ok"
        self.seen: list[tuple[str, dict[str, str], Identity]] = []
        self.received = 0
        self.left = asyncio.Event()
        self.app = self._app()

    def reset(self) -> None:
        self.mode, self.received = "ok", 0
        self.seen.clear()
        self.left.clear()

    def _app(self) -> FastAPI:
        app = FastAPI(title=self.name, openapi_url="/api/v1/openapi.json", redirect_slashes=False)
        app.state.verifier = Verifier(self.name, ISSUERS)
        problems.install(app)
        app.include_router(health.router)
        authorize = [Depends(Authorize(self.name))] if self.name != "portal" else []

        @app.get("/internal/contacts/{contact_id}/panel", dependencies=authorize, include_in_schema=False)
        async def panel(request: Request, contact_id: UUID) -> Any:
            await self._note(request)
            if self.mode == "missing":
                raise NotFound()
            if self.mode == "nonsense":
                return Response(b"<html>")
            part = {} if self.mode == "empty" else copy.deepcopy(PARTS[self.name])
            if year := request.query_params.get("year"):
                part["year"]["asked"] = year
            return part

        @app.get("/internal/dead-letters", dependencies=[Depends(Authorize("operations"))], include_in_schema=False)
        @app.get(
            "/internal/dead-letters/groups", dependencies=[Depends(Authorize("operations"))], include_in_schema=False
        )
        async def dead_letters(request: Request) -> Any:
            await self._note(request)
            return Response(b"<html>") if self.mode == "nonsense" else {"items": [], "next_cursor": None}

        shape = CrmThing if self.name == "crm" else Thing

        @app.post(f"/api/v1/{_NOUNS[self.name]}", dependencies=authorize, status_code=201)
        async def create(request: Request, body: shape) -> shape:  # type: ignore[valid-type]
            await self._note(request)
            return body

        @app.put(f"/api/v1/{_NOUNS[self.name]}/upload", dependencies=authorize)
        async def upload(request: Request) -> dict[str, int]:
            await self._note(request)
            try:
                async for chunk in request.stream():
                    self.received += len(chunk)
            finally:
                self.left.set()
            return {"received": self.received}

        @app.put(f"/api/v1/{_NOUNS[self.name]}/refuse", dependencies=authorize)
        async def refuse(request: Request) -> Response:
            return Response(b'{"code":"too_large"}', 413, media_type="application/problem+json")

        @app.get(f"/api/v1/{_NOUNS[self.name]}/download", dependencies=authorize)
        async def download(request: Request, size: int = 0, endless: bool = False) -> StreamingResponse:
            await self._note(request)

            async def pieces() -> AsyncIterator[bytes]:
                try:
                    piece = b"x" * 65536
                    for _ in range(size // len(piece)):
                        yield piece
                    while endless:
                        yield piece
                        await asyncio.sleep(0.01)
                finally:
                    self.left.set()

            return StreamingResponse(pieces(), headers={"ETag": '"7"', "Set-Cookie": "stray=1", "X-Own": self.name})

        @app.get(f"/api/v1/{_NOUNS[self.name]}/broken", dependencies=authorize)
        async def broken(request: Request) -> StreamingResponse:
            async def pieces() -> AsyncIterator[bytes]:
                yield b"x" * 100_000
                await asyncio.sleep(60)

            return StreamingResponse(pieces(), headers={"Content-Length": "200000"})

        @app.api_route("/{path:path}", methods=["GET", "POST", "PATCH", "PUT", "DELETE"], include_in_schema=False)
        async def anything(request: Request, path: str) -> Response:
            identity = await self._note(request)
            answer = Response(
                b'{"service":"%b","path":"%b"}' % (self.name.encode(), path.encode()), media_type="application/json"
            )
            if identity.actor == "visitor":
                answer.set_cookie("ficha_portal", "p1")
            return answer

        return app

    async def _note(self, request: Request) -> Identity:
        identity = await get_identity(request)
        self.seen.append((f"{request.method} {request.url.path}", dict(request.headers), identity))
        if self.mode == "hang":
            try:
                while (await request.receive())["type"] != "http.disconnect":
                    pass
            finally:
                self.left.set()
        if self.mode == "error":
            raise RuntimeError("as ordered")
        return identity


_NOUNS = {
    "contacts": "contacts",
    "documents": "documents",
    "crm": "notes",
    "files": "contacts/7/files",
    "portal": "contacts/x/portal",
    "notifications": "messages",
}


@asynccontextmanager
async def serving(app: FastAPI, at: int = 0, *, door: Door | None = None) -> AsyncIterator[str]:
    """On loopback, a free port unless told otherwise, until left; as the real process does it."""
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()

    async def run() -> None:
        async with asyncio.TaskGroup() as tasks:
            app.state.stop = stop
            port.set_result(await serve(tasks, app, "127.0.0.1", at, stop, door=door))

    running = asyncio.create_task(run())
    done, _ = await asyncio.wait((running, port), return_when=asyncio.FIRST_COMPLETED)
    if running in done:
        await running
    try:
        yield f"http://127.0.0.1:{port.result()}"
    finally:
        stop.set()
        await running
