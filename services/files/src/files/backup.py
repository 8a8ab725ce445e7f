"""Files' bytes as a backup sees them."""

from collections.abc import AsyncIterable, AsyncIterator, Sequence

import asyncpg

from files.config import Settings
from files.storage import Storage
from shared.backup.objects import Kept

_LISTED = """
    SELECT f.object_key AS key, f.size, f.sha256 FROM file f
    WHERE NOT EXISTS (SELECT FROM removal r WHERE r.id = f.id AND r.due_at < now() + interval '1 day')
      AND (f.deleted_at IS NULL OR EXISTS (SELECT FROM removal r WHERE r.id = f.id))
    ORDER BY f.object_key
"""
"""Not what is removed within a day, or was: it may be gone before it can be fetched, and nobody gets it back."""


class FileObjects:
    def __init__(self, settings: Settings) -> None:
        self._storage = Storage(settings)

    async def listed(self, connection: asyncpg.Connection) -> Sequence[Kept]:
        return [Kept(**row) for row in await connection.fetch(_LISTED)]

    async def fetch(self, kept: Kept) -> AsyncIterator[bytes]:
        return await self._storage.get(kept.key, start=0, length=kept.size)

    async def put(self, key: str, chunks: AsyncIterable[bytes]) -> None:
        await self._storage.put(key, chunks)

    def close(self) -> None:
        self._storage.close()
