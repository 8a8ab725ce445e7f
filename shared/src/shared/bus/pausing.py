"""Pausing until something happens, or for so long."""

import asyncio


async def first_of(*events: asyncio.Event, within: float) -> bool:
    """Whether one of them was set before `within` seconds had gone."""
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        done, _ = await asyncio.wait(waiting, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
    return bool(done)
