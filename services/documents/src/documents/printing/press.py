"""Where pages are drawn: processes of their own, a few at a time, so that long documents keep nobody else waiting."""

import asyncio
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from types import TracebackType
from typing import Self

import structlog

from documents.errors import PrintingBusy, PrintingFailed
from documents.printing.framing import LENGTH, SPENT
from documents.printing.model import PrintedDocument

logger = structlog.get_logger("printing")

_TRIES = 2
_PASSED_ON = ("HOME", "LANG", "LC_ALL", "PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "TMPDIR", "VIRTUAL_ENV")
"""Of the environment: what users wrote is drawn there, so it holds no secret."""


class Press:
    """`async with` it in the app's lifespan. Its processes start when they are first needed, and are kept."""

    def __init__(self, *, processes: int, waiting: int, seconds: float) -> None:
        """At most `processes` draw and `waiting` documents wait. Each is done in `seconds`, or given up; it waits for
        half of them at most, as who begins too late is drawn for nothing.
        """
        self._turns = asyncio.Semaphore(processes)
        self._most = processes + waiting
        self._seconds = seconds
        self._inside = 0
        self._idle: list[_Drawer] = []
        self._drawers: set[_Drawer] = set()

    async def draw(self, document: PrintedDocument) -> bytes:
        """The PDF, in the order of asking. Raises PrintingBusy, PrintingFailed."""
        if self._inside >= self._most:
            raise PrintingBusy()
        self._inside += 1
        asked = asyncio.get_running_loop().time()
        try:
            await self._turn(asked + self._seconds / 2)
            try:
                return await self._draw(pickle.dumps(document), asked + self._seconds)
            finally:
                self._turns.release()
        finally:
            self._inside -= 1

    async def _turn(self, deadline: float) -> None:
        try:
            async with asyncio.timeout_at(deadline):
                await self._turns.acquire()
        except TimeoutError as error:
            raise PrintingBusy() from error

    async def _draw(self, document: bytes, deadline: float) -> bytes:
        for _ in range(_TRIES):
            drawer = self._idle.pop() if self._idle else await self._new_drawer()
            try:
                async with asyncio.timeout_at(deadline):
                    pdf = await drawer.draw(document)
            except (asyncio.IncompleteReadError, ConnectionError):
                logger.warning("drawer_died", pid=drawer.pid)
                await self._end(drawer)
                continue
            except TimeoutError as error:
                logger.warning("drawing_took_too_long", pid=drawer.pid, seconds=self._seconds)
                await self._end(drawer)
                raise PrintingFailed() from error
            except BaseException:
                await self._end(drawer)
                raise
            if drawer.spent:
                await self._end(drawer)
            else:
                self._idle.append(drawer)
            if not pdf:
                break
            return pdf
        raise PrintingFailed()

    async def _new_drawer(self) -> "_Drawer":
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "documents.printing.child",
            stdin=PIPE,
            stdout=PIPE,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        )
        drawer = _Drawer(process)
        self._drawers.add(drawer)
        return drawer

    async def _end(self, drawer: "_Drawer") -> None:
        self._drawers.discard(drawer)
        await drawer.end()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        drawers, self._drawers = self._drawers, set()
        self._idle.clear()
        await asyncio.gather(*(drawer.end() for drawer in drawers))


class _Drawer:
    """One process, one document at a time."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.pid = process.pid
        self.spent = False

    async def draw(self, document: bytes) -> bytes:
        """Raises IncompleteReadError or ConnectionError when the process is gone."""
        questions, answers = self._process.stdin, self._process.stdout
        assert questions
        assert answers
        questions.write(len(document).to_bytes(LENGTH) + document)
        await questions.drain()
        pdf = await answers.readexactly(int.from_bytes(await answers.readexactly(LENGTH)))
        self.spent = await answers.readexactly(1) == SPENT
        return pdf

    async def end(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
