"""Waiting for the hash: a crowd in one lane does not hold up another."""

import asyncio

import pytest

from shared.errors import Unavailable
from shared.passwords.hashing import MOST_WAITING, Turns


async def test_lanes_take_turns_and_a_full_one_refuses_its_own_only() -> None:
    turns, order, hold = Turns(1, Unavailable), [], asyncio.Event()

    async def work(lane: str) -> None:
        async with turns.turn(lane):
            await hold.wait()
            order.append(lane)

    crowd = [asyncio.create_task(work("guesser")) for _ in range(MOST_WAITING + 1)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await work("guesser")
    others = [asyncio.create_task(work("Ana")), asyncio.create_task(work("Blas"))]
    await asyncio.sleep(0)
    hold.set()
    await asyncio.gather(*crowd, *others)
    assert order.index("Ana") <= 3
    assert order.index("Blas") <= 3


async def test_who_leaves_while_waiting_leaves_the_turn_to_the_next() -> None:
    turns = Turns(1, Unavailable)
    async with turns.turn("first"):
        leaving = [asyncio.create_task(_enter(turns)) for _ in range(3)]
        await asyncio.sleep(0)
        for task in leaving:
            task.cancel()
        await asyncio.gather(*leaving, return_exceptions=True)
    async with asyncio.timeout(5), turns.turn("next"):
        pass


async def test_who_leaves_when_the_turn_has_just_come_passes_it_on() -> None:
    turns = Turns(1, Unavailable)
    async with turns.turn("first"):
        leaving = asyncio.create_task(_enter(turns))
        await asyncio.sleep(0)
    leaving.cancel()  # its turn has come, and it does not know yet
    await asyncio.gather(leaving, return_exceptions=True)
    async with asyncio.timeout(5), turns.turn("next"):
        pass


async def _enter(turns: Turns) -> None:
    async with turns.turn("leaving"):
        pass
