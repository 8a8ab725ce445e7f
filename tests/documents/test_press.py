"""Where PDFs are drawn: a few processes, a bounded queue, and what happens to those that die or never end."""

import asyncio
import io
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import httpx
import psutil
import pytest
from fastapi import FastAPI
from pypdf import PdfReader

from documents.errors import PrintingBusy, PrintingFailed
from documents.main import create_app
from documents.printing.press import Press
from documents.printing.render import render_pdf
from shared.db.session import Database
from tests.documents.conftest import settings_with
from tests.documents.test_printing import INVOICE, LINES
from tests.documents.world import World
from tests.support.identity import client_of
from tests.support.waiting import until

KEPT_BY_OTHERS: set[psutil.Process] = set()
LONG = replace(INVOICE, lines=tuple(replace(LINES[0], description=f"Partida {number}") for number in range(500)))


def press(*, processes: int = 1, waiting: int = 50, seconds: float = 600) -> Press:
    return Press(processes=processes, waiting=waiting, seconds=seconds)


def children() -> list[psutil.Process]:
    """Of this test process: those that draw, but for what other tests' apps keep."""
    found = []
    for child in psutil.Process().children():
        if child in KEPT_BY_OTHERS:
            continue
        try:
            if "documents.printing.child" in child.cmdline():
                found.append(child)
        except psutil.NoSuchProcess:
            continue
    return found


@pytest.fixture(autouse=True)
def only_its_own() -> None:
    KEPT_BY_OTHERS.clear()
    KEPT_BY_OTHERS.update(children())


async def test_it_draws_what_is_drawn_here() -> None:
    async with press() as drawing:
        assert await drawing.draw(INVOICE) == render_pdf(INVOICE)
        [child] = children()
        assert await drawing.draw(replace(INVOICE, number="F26-2")) == render_pdf(replace(INVOICE, number="F26-2"))
        assert children() == [child]
    assert children() == []


async def test_no_more_processes_draw_than_may_and_they_are_kept() -> None:
    async with press(processes=2) as drawing:
        await asyncio.gather(*(drawing.draw(replace(INVOICE, number=f"F26-{number}")) for number in range(12)))
        assert len(children()) == 2


async def test_who_cannot_wait_is_told_so_at_once_and_nobody_else_suffers() -> None:
    async with press(waiting=3) as drawing:
        asked = [asyncio.create_task(drawing.draw(LONG)) for _ in range(4)]
        await asyncio.sleep(0)
        with pytest.raises(PrintingBusy):
            await drawing.draw(INVOICE)
        assert not any(task.done() for task in asked)
        assert {len(PdfReader(io.BytesIO(pdf)).pages) for pdf in await asyncio.gather(*asked)} != {0}
        assert await drawing.draw(INVOICE)


async def test_one_that_dies_is_replaced_and_its_document_drawn_again() -> None:
    async with press() as drawing:
        await drawing.draw(INVOICE)
        [first] = children()
        asked = asyncio.create_task(drawing.draw(LONG))
        await until(lambda: _busy(first), what="it draws")
        os.kill(first.pid, signal.SIGKILL)
        assert len(PdfReader(io.BytesIO(await asked)).pages) > 5
        [second] = children()
        assert second != first


async def test_a_document_that_kills_whoever_draws_it_is_refused_and_the_next_is_drawn() -> None:
    async with press() as drawing:
        asked = asyncio.create_task(drawing.draw(LONG))
        killed: set[int] = set()

        async def killed_twice() -> bool:
            for child in children():
                if child.pid not in killed and await _busy(child):
                    os.kill(child.pid, signal.SIGKILL)
                    killed.add(child.pid)
            return len(killed) == 2

        await until(killed_twice, what="both tries die")
        with pytest.raises(PrintingFailed):
            await asked
        assert await drawing.draw(INVOICE)


async def test_one_that_died_while_nobody_asked_costs_nobody_an_answer() -> None:
    async with press() as drawing:
        await drawing.draw(INVOICE)
        [child] = children()
        child.kill()
        assert await drawing.draw(INVOICE) == render_pdf(INVOICE)


async def test_what_takes_too_long_is_given_up_and_its_process_ended() -> None:
    async with press(seconds=0.01) as drawing:
        with pytest.raises(PrintingFailed):
            await drawing.draw(LONG)
        assert children() == []


async def test_who_waits_too_long_is_told_to_come_again() -> None:
    async with press(seconds=0.2) as drawing:
        results = await asyncio.gather(drawing.draw(LONG), drawing.draw(INVOICE), return_exceptions=True)
        assert [type(result) for result in results] == [PrintingFailed, PrintingBusy]


async def test_one_that_grew_large_is_replaced() -> None:
    async with press() as drawing:
        await drawing.draw(INVOICE)
        [child] = children()
        words = replace(LINES[0], description="palabra y otra " * 130)
        assert await drawing.draw(replace(INVOICE, lines=(words,) * 400))
        assert await drawing.draw(INVOICE)
        assert children() != [child]


async def test_what_cannot_be_drawn_is_refused_and_its_process_goes_on() -> None:
    async with press() as drawing:
        await drawing.draw(INVOICE)
        [child] = children()
        with pytest.raises(PrintingFailed):
            await drawing.draw(replace(INVOICE, logo=b"no picture"))
        assert await drawing.draw(INVOICE)
        assert children() == [child]


async def test_who_goes_away_leaves_nothing_behind() -> None:
    async with press() as drawing:
        asked = asyncio.create_task(drawing.draw(LONG))
        await until(lambda: _are(1), what="it draws")
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert children() == []
        assert await drawing.draw(INVOICE)


async def test_it_holds_no_secret_and_yields_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCUMENTS_IDENTITY_PRIVATE_KEY", "secret")
    async with press() as drawing:
        await drawing.draw(INVOICE)
        [child] = children()
        assert "secret" not in child.environ().values()
        assert child.nice() > psutil.Process().nice()
        assert int(await asyncio.to_thread(Path(f"/proc/{child.pid}/oom_score_adj").read_text)) >= 500


async def test_it_ends_with_its_parent_however_that_ends() -> None:
    program = (
        "import asyncio, os\n"
        "from tests.documents.test_press import INVOICE, children, press\n"
        "async def main():\n"
        "    async with press() as drawing:\n"
        "        await drawing.draw(INVOICE)\n"
        "        print(children()[0].pid, flush=True)\n"
        "        os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert parent.stdout
    pid = int(await parent.stdout.readline())
    assert await parent.wait() == -signal.SIGKILL

    async def gone() -> bool:
        return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE

    await until(gone, what="the child is gone")


async def _busy(child: psutil.Process) -> bool:
    """It has taken processor time since it was last looked at."""
    before = child.cpu_times().user
    await asyncio.sleep(0)
    return child.is_running() and (child.cpu_times().user - before > 0 or child.status() == psutil.STATUS_RUNNING)


async def _are(number: int) -> bool:
    return len(children()) == number


@asynccontextmanager
async def world_with(database: Database, org_id: UUID, **values: int) -> AsyncIterator[tuple[World, httpx.AsyncClient]]:
    app: FastAPI = create_app(settings_with(**values), database)
    async with app.router.lifespan_context(app), client_of(app, org_id) as client:
        world = World(database, client, org_id)
        await world.organization()
        yield world, client


async def test_small_requests_are_answered_before_long_documents_end(database: Database, org_id: UUID) -> None:
    async with world_with(database, org_id, print_seconds=600) as (world, client):
        lines = [
            {"description": f"Partida {number}", "unit_price": "1.00", "taxes": ["iva_21"]} for number in range(500)
        ]
        draft = await world.draft(await world.contact(), lines=lines)
        order: list[str] = []

        async def ask(what: str, path: str) -> int:
            answer = await client.get(path)
            order.append(what)
            return answer.status_code

        long = [asyncio.create_task(ask("long", f"/api/v1/documents/{draft['id']}/pdf")) for _ in range(10)]
        await until(lambda: _are(2), what="they are drawn")
        small = [await ask("small", "/api/v1/taxes") for _ in range(20)]
        assert set(small) == {200}
        assert order.count("long") < 10
        assert set(await asyncio.gather(*long)) == {200}


async def test_too_many_at_once_are_told_when_to_come_again(database: Database, org_id: UUID) -> None:
    async with world_with(database, org_id, print_processes=1, print_waiting=1, print_seconds=600) as (world, client):
        draft = await world.draft(await world.contact())
        path = f"/api/v1/documents/{draft['id']}/pdf"
        answers = await asyncio.gather(*(client.get(path) for _ in range(12)))
        refused = [answer for answer in answers if answer.status_code != 200]
        assert len(refused) < 12
        assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(503, "documents.printing_busy")}
        assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
        assert (await client.get(path)).status_code == 200
