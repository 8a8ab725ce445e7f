"""A process per service over RabbitMQ, each started again when it dies."""

import asyncio
import os
import sys
import time
from asyncio.subprocess import Process
from collections.abc import Callable

from local.home import Home
from local.wiring import SERVICES, Endpoints, environment

_STOP_SECONDS = 12
_LONGEST_PAUSE = 10.0
_STEADY_SECONDS = 30.0


class Supervisor:
    """Keeps `python -m <service>` running. Pids are written to `<home>/logs/<service>.pid`."""

    def __init__(self, home: Home, endpoints: Endpoints, say: Callable[[str], None]) -> None:
        self._home = home
        self._endpoints = endpoints
        self._say = say

    async def run(self, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as tasks:
            for service in SERVICES:
                tasks.create_task(self._keep_running(service, stop))

    async def _keep_running(self, service: str, stop: asyncio.Event) -> None:
        pause = 0.2
        while not stop.is_set():
            started = time.monotonic()
            process = await self._start(service)
            await _first(stop, process)
            if stop.is_set():
                await _end(process)
                return
            if time.monotonic() - started > _STEADY_SECONDS:
                pause = 0.2
            self._say(f"{service} ended with {process.returncode}; starting it again (see {self._log(service)})")
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _start(self, service: str) -> Process:
        with open(self._log(service), "ab") as log:  # noqa: ASYNC230, PTH123 - opened once per start
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                service,
                env={**os.environ, **environment(service, self._endpoints, self._home)},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C in the terminal is for the supervisor, which then ends the services in peace.
                start_new_session=True,
            )
        (self._home.logs / f"{service}.pid").write_text(str(process.pid))
        return process

    def _log(self, service: str) -> str:
        return str(self._home.logs / f"{service}.log")


async def _first(stop: asyncio.Event, process: Process) -> None:
    waiting = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(process.wait())]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
