"""A service put together: its HTTP app and its worker, as one process runs them."""

import asyncio
from dataclasses import dataclass

from fastapi import FastAPI

from shared.settings import ServiceSettings
from shared.web.protocol import Door, Limits
from shared.web.server import serve
from shared.worker import Worker


@dataclass(frozen=True, slots=True)
class Parts:
    """A service put together, not yet started."""

    settings: ServiceSettings
    app: FastAPI
    worker: Worker | None

    async def start(self, tasks: asyncio.TaskGroup, stop: asyncio.Event) -> int:
        """Start them in `tasks`; answers the port the HTTP door listens on, once it does."""
        # For what never ends by itself (event streams): the server waits for open answers.
        self.app.state.stop = stop
        # For what the app starts itself and must not outlive: its death is the process's.
        self.app.state.tasks = tasks
        settings = self.settings
        port = await serve(tasks, self.app, settings.host, settings.port, stop, door=Door(_limits_of(settings)))
        if self.worker:
            tasks.create_task(self.worker.run(stop))
        return port


def _limits_of(settings: ServiceSettings) -> Limits:
    return Limits(
        patience=settings.http_patience_seconds,
        least_rate=settings.http_least_rate,
        connections_per_address=settings.http_connections_per_address,
        proxies=settings.trusted_proxies,
    )
