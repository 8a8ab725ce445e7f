"""Rows of notes as published events. The text stays at home."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from crm.models import Note
from shared.bus import outbox
from shared.events.base import Event
from shared.events.crm import NoteState


async def record_note(
    session: AsyncSession, event: type[Event[NoteState]], note: Note, *, changed: Iterable[str] = ()
) -> None:
    data = NoteState.model_validate({field: getattr(note, field) for field in NoteState.model_fields})
    await outbox.record(session, event, subject=note.id, version=note.version, data=data, changed=changed)
