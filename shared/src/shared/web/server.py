"""The HTTP server of an app: uvicorn, with this product's protocol and limits; several may live in one process."""

import asyncio
import contextlib
from typing import Any, Final, cast

import uvicorn
from fastapi import FastAPI

from shared.web.protocol import Door, watch

DRAIN_SECONDS: Final = 8
"""SIGTERM to end, at most; what is not done by then is done by the next process."""


async def serve(
    tasks: asyncio.TaskGroup, app: FastAPI, host: str, port: int, stop: asyncio.Event, *, door: Door | None = None
) -> int:
    """Serve `app` in `tasks` until `stop`. Answers the port once it listens; raises OSError when it cannot."""
    door = door or Door()
    server = _Server(
        uvicorn.Config(
            app,
            http=cast(type[asyncio.Protocol], door.protocol),
            ws="none",
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=DRAIN_SECONDS,
            # Of nobody else, whatever FORWARDED_ALLOW_IPS says: the rightmost entry that is no proxy of ours counts.
            proxy_headers=bool(door.limits.proxies),
            forwarded_allow_ips=[str(network) for network in door.limits.proxies],
            lifespan="on",
        )
    )

    async def run() -> None:
        async with asyncio.TaskGroup() as both:
            watching = both.create_task(watch(door))
            await server.serve()
            watching.cancel()

    running = tasks.create_task(run())

    async def end() -> None:
        await stop.wait()
        server.should_exit = True

    tasks.create_task(end())
    while not server.started:
        if running.done():
            await running
            raise OSError(f"cannot listen on {host}:{port}")
        await asyncio.sleep(0.01)
    bound = server.servers[0].sockets[0].getsockname()
    return int(bound[1])


class _Server(uvicorn.Server):
    """Signals are the process's business: several servers may live in one."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield
