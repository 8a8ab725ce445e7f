"""Tasks that must live as long as their process does."""

import asyncio
from collections.abc import Awaitable, Callable


class TaskDied(Exception):
    """What should run as long as the process does has ended."""


async def outlive(job: Callable[[asyncio.Event], Awaitable[None]], stop: asyncio.Event) -> None:
    """Run it, for a task group, until `stop`; raises when it ends in whatever way before.

    A task group takes no notice of a task that returns too early, nor of one that was cancelled by a library whose
    link died: the others would go on without it, and from outside all would look well.
    """
    name = getattr(job, "__qualname__", repr(job))
    try:
        await job(stop)
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task and task.cancelling() > 0:
            raise
        raise TaskDied(f"{name} was cancelled, and not by us") from error
    if not stop.is_set():
        raise TaskDied(f"{name} ended by itself")
