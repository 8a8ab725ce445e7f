"""What this machine can do at all: the same bytes from a bare ASGI app, and from FastAPI without a thought.

`python -m tests.bench.bare PORT FILE`
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

import uvicorn
import uvloop
from fastapi import FastAPI, Response


def bare_asgi(body: bytes) -> Any:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


def bare_fastapi(body: bytes) -> FastAPI:
    app = FastAPI(openapi_url=None)

    @app.get("/")
    async def answer() -> Response:
        return Response(body, media_type="application/json")

    return app


async def main(port: int, body: bytes) -> None:
    apps = ((port, bare_asgi(body)), (port + 1, bare_fastapi(body)))
    servers = [
        uvicorn.Server(uvicorn.Config(app, port=number, log_config=None, access_log=False, lifespan="off"))
        for number, app in apps
    ]
    await asyncio.gather(*(server.serve() for server in servers))


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), Path(sys.argv[2]).read_bytes()))
