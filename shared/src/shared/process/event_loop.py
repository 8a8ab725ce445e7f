"""The event loop of a process: uvloop where it is installed."""

import asyncio
from collections.abc import Callable


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Returns what makes a loop for `asyncio.Runner`; None for the standard library's own."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
