"""Wakes who waits for an organisation's next event, when this very process appended it.

What another process appends is found by asking now and then: nobody is to rely on being woken.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID


class Bell:
    def __init__(self) -> None:
        self._waiting: dict[UUID, set[asyncio.Event]] = {}

    def __len__(self) -> int:
        return sum(len(events) for events in self._waiting.values())

    @contextmanager
    def heard(self, org_id: UUID) -> Iterator[asyncio.Event]:
        """Set by each ring from now on. Clear it before reading: what comes after the reading then sets it again."""
        rung = asyncio.Event()
        waiting = self._waiting.setdefault(org_id, set())
        waiting.add(rung)
        try:
            yield rung
        finally:
            waiting.discard(rung)
            if not waiting:
                self._waiting.pop(org_id, None)

    def ring(self, org_id: UUID | None) -> None:
        for rung in self._waiting.get(org_id, ()) if org_id else ():
            rung.set()

    def ring_all(self) -> None:
        """The process is to stop."""
        for org_id in self._waiting:
            self.ring(org_id)


BELL: Final = Bell()
"""One for the process: handlers know an organisation, and nothing of the app that serves it."""
