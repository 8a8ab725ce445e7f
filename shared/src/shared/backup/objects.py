"""A service's objects in S3, as a backup sees them: listed by the database, fetched and put by key."""

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import asyncpg


@dataclass(frozen=True, slots=True)
class Kept:
    """An object that a row of the database speaks of. Under one key its bytes never change; `sha256` in hex."""

    key: str
    size: int
    sha256: str


class ObjectStore(Protocol):
    async def listed(self, connection: asyncpg.Connection, /) -> Sequence[Kept]:
        """All that the rows seen by this connection's transaction need. Past row-level security."""
        ...

    async def fetch(self, kept: Kept, /) -> AsyncIterator[bytes]:
        """Raises FichaError when the storage does not give it."""
        ...

    async def put(self, key: str, chunks: AsyncIterable[bytes], /) -> None:
        """Raises FichaError when the storage does not take it."""
        ...

    def close(self) -> None: ...
