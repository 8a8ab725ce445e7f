"""Rows of files as published events."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from files.models import File
from shared.bus import outbox
from shared.events.base import Event
from shared.events.files import FileState


async def record_file(
    session: AsyncSession, event: type[Event[FileState]], file: File, *, changed: Iterable[str] = ()
) -> None:
    data = FileState(
        id=file.id,
        contact_id=file.contact_id,
        name=file.name,
        size=file.size,
        media_type=file.media_type,
        sha256=file.sha256,
        uploaded_at=file.created_at,
        deleted=file.deleted_at is not None,
    )
    await outbox.record(session, event, subject=file.id, version=file.version, data=data, changed=changed)
