"""What each service last gave for the panel: shown, with its moment, while the service gives nothing."""

import contextlib
from dataclasses import dataclass
from uuid import UUID

from cachetools import TTLCache

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Key:
    """A part of a panel. Whoever asks may see it only with the right to ask the service."""

    org_id: UUID | None
    contact_id: UUID
    service: str
    year: int | None


@dataclass(frozen=True, slots=True)
class Known:
    """The part's JSON, and when it was given (ISO 8601)."""

    body: bytes
    as_of: str


class LastKnown:
    """Of each process, in memory. Over `most_mib` goes what was not used for longest; after `seconds`, everything."""

    def __init__(self, *, most_mib: int, seconds: float) -> None:
        self._known: TTLCache[Key, Known] = TTLCache(most_mib * _MIB, seconds, getsizeof=lambda known: len(known.body))

    def keep(self, key: Key, body: bytes, as_of: str) -> None:
        with contextlib.suppress(ValueError):  # larger than all there is room for
            self._known[key] = Known(body, as_of)

    def find(self, key: Key) -> Known | None:
        return self._known.get(key)

    def forget(self, key: Key) -> None:
        self._known.pop(key, None)
