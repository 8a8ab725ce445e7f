"""One run: write, break, wait for quiet, gather the evidence, judge it."""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.chaos import checkers, evidence, faults, writers
from tests.chaos.ledger import Ledger
from tests.chaos.stack import Stack, running_stack
from tests.support.waiting import until

AT_ONCE = 12
REST_SECONDS = 180
_SCOPES = [f"{noun}:{action}" for noun in ("contacts", "documents", "crm") for action in ("read", "write")]

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Run:
    seed: int
    accepted: int
    faults: list[str]
    found: dict[str, list[str]]
    writing_seconds: float
    resting_seconds: float

    @property
    def clean(self) -> bool:
        return not any(self.found.values())


def run(folder: Path, *, seed: int, writes: int, fault_count: int, say: Say) -> Run:
    say(f"seed {seed}: {writes:,} writes, {fault_count} faults")
    with running_stack(folder) as stack:
        return asyncio.run(_run(stack, folder / "ledger.jsonl", seed, writes, fault_count, say))


async def _run(stack: Stack, ledger_path: Path, seed: int, writes: int, fault_count: int, say: Say) -> Run:
    key = _api_key(stack)
    assert not await evidence.come_to_rest(stack, within=60)
    broken = asyncio.Event()
    started = time.monotonic()
    with closing(Ledger(ledger_path)) as ledger:
        writing = asyncio.create_task(
            writers.write(stack.ficha.url, key, ledger, count=writes, at_once=AT_ONCE, seed=seed, broken=broken)
        )
        done = await _break(stack, random.Random(seed), fault_count, ledger, writes, writing, say)
        broken.set()
        await writing
    written = time.monotonic()
    waiting = await evidence.come_to_rest(stack, within=REST_SECONDS)
    rested = time.monotonic()
    found = checkers.findings(await evidence.gather(stack, ledger_path, waiting))
    say(f"  {ledger.count:,} accepted in {written - started:.0f} s, at rest {rested - written:.0f} s later")
    say(f"  {checkers.summary(found)}")
    return Run(seed, ledger.count, done, found, written - started, rested - written)


async def _break(
    stack: Stack,
    chance: random.Random,
    count: int,
    ledger: Ledger,
    writes: int,
    writing: "asyncio.Task[None]",
    say: Say,
) -> list[str]:
    """One fault after another, spread over the writes. Each works in a thread: it waits, and the writers do not."""
    done = []
    for number, name in enumerate(faults.schedule(chance, count)):
        due = writes * (2 * number + 1) // (2 * count)

        async def is_due(due: int = due) -> bool:
            return ledger.count >= due or writing.done()

        await until(is_due, within=1800, what=f"{due} writes accepted")
        what = await asyncio.to_thread(faults.FAULTS[name], stack, chance)
        say(f"  {ledger.count:6,} accepted: {name} ({what})")
        done.append(f"{name} ({what})")
        # A moment of peace: what one fault broke is not what the next is to find broken.
        await asyncio.sleep(chance.uniform(0.5, 2))
    return done


def _api_key(stack: Stack) -> str:
    with closing(stack.ficha.client()) as client:
        answer = client.post("/api/v1/api-keys", json={"name": "chaos", "scopes": _SCOPES})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["key"])
