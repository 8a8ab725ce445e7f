"""Waiting for events with a timeout."""

import asyncio


async def wait_for_any(*events: asyncio.Event, within: float) -> bool:
    """Returns whether one of them was set within so many seconds."""
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        done, _ = await asyncio.wait(waiting, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
    return bool(done)
