"""Every SQL statement over notes."""

from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager

from crm.errors import NoteNotFound
from crm.models import ContactCopy, Note, NoteCount
from shared.db.tenancy import org_of
from shared.db.upserts import add_up


async def list_notes(
    session: AsyncSession, *, contact_id: UUID | None, after: tuple[bool, UUID] | None, limit: int
) -> list[Note]:
    """Pinned ones first, then newest first. Those of hidden contacts are left out."""
    statement = (
        _notes(session)
        .where(Note.deleted_at.is_(None), ContactCopy.deleted.is_(False))
        .order_by(Note.pinned.desc(), Note.id.desc())
        .limit(limit)
    )
    if contact_id:
        statement = statement.where(Note.contact_id == contact_id)
    if after:
        statement = statement.where(tuple_(Note.pinned, Note.id) < tuple_(*after))
    return list((await session.execute(statement)).scalars())


async def require_note(session: AsyncSession, note_id: UUID, *, deleted: bool = False, lock: bool = False) -> Note:
    """Deleted ones only with `deleted=True`. Raises NoteNotFound."""
    statement = _notes(session).where(Note.id == note_id)
    if not deleted:
        statement = statement.where(Note.deleted_at.is_(None))
    if lock:
        statement = statement.with_for_update(of=Note)
    note = (await session.execute(statement)).scalar_one_or_none()
    if note is None:
        raise NoteNotFound()
    return note


async def save_note(session: AsyncSession, note: Note) -> None:
    session.add(note)
    await session.flush()


async def count_notes(session: AsyncSession, contact_id: UUID, *, more: int) -> None:
    """`more` notes than before; -1 is one less."""
    await add_up(session, NoteCount, {"contact_id": contact_id, "count": more})


def _notes(session: AsyncSession) -> Select[Note]:
    return select(Note).join(Note.contact).options(contains_eager(Note.contact)).where(Note.org_id == org_of(session))
