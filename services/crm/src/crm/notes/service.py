"""What can be done with notes."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm.models import Note
from crm.notes import events, repository
from crm.notes.schemas import NoteIn, NoteOut, NotePatch
from crm.replicas.service import require_contact
from shared.clock import utc_now
from shared.db.tenancy import org_of, scope_of
from shared.events.crm import NoteCreated, NoteDeleted, NoteUpdated
from shared.identifiers import new_id
from shared.service_client import ServiceClient
from shared.versions import Expected, check_version
from shared.web.amending import Amendment


async def list_notes(
    session: AsyncSession, *, contact_id: UUID | None = None, after: tuple[bool, UUID] | None = None, limit: int
) -> list[Note]:
    """Pinned ones first, then newest first."""
    return await repository.list_notes(session, contact_id=contact_id, after=after, limit=limit)


async def get_note(session: AsyncSession, note_id: UUID) -> Note:
    """Raises NoteNotFound."""
    return await repository.require_note(session, note_id)


async def create_note(session: AsyncSession, given: NoteIn, *, contacts: ServiceClient) -> Note:
    """Its author is whoever asks. Raises ContactNotFound, Unavailable."""
    contact = await require_contact(session, given.contact_id, contacts)
    scope = scope_of(session)
    now = utc_now()
    note = Note(
        org_id=org_of(session),
        id=new_id(),
        version=1,
        created_at=now,
        updated_at=now,
        contact_id=contact.id,
        contact=contact,
        body=given.body,
        pinned=given.pinned,
        author=scope.actor,
        author_name=scope.actor_name,
        deleted_at=None,
    )
    await repository.save_note(session, note)
    await repository.count_notes(session, note.contact_id, more=1)
    await events.record_note(session, NoteCreated, note)
    return note


async def update_note(session: AsyncSession, note_id: UUID, given: Amendment[NotePatch], *, expected: Expected) -> Note:
    """Only what was sent changes; sending what is there already changes nothing and says nothing.

    Raises NoteNotFound, StaleVersion.
    """
    note = await repository.require_note(session, note_id, lock=True)
    check_version(expected, note.version)
    patch = given.beside(NoteOut.model_validate(note))
    changed = note.change(patch.model_dump(exclude_unset=True))
    if changed:
        await repository.save_note(session, note)
        await events.record_note(session, NoteUpdated, note, changed=changed)
    return note


async def delete_note(session: AsyncSession, note_id: UUID, *, expected: Expected) -> None:
    """Hide it; `restore_note` brings it back. Raises NoteNotFound, StaleVersion."""
    note = await repository.require_note(session, note_id, lock=True)
    check_version(expected, note.version)
    changed = note.change({"deleted_at": utc_now()})
    await repository.save_note(session, note)
    await repository.count_notes(session, note.contact_id, more=-1)
    await events.record_note(session, NoteDeleted, note, changed=changed)


async def restore_note(session: AsyncSession, note_id: UUID) -> Note:
    """As it was. Restoring what is not deleted changes nothing. Raises NoteNotFound."""
    note = await repository.require_note(session, note_id, deleted=True, lock=True)
    changed = note.change({"deleted_at": None})
    if changed:
        await repository.save_note(session, note)
        await repository.count_notes(session, note.contact_id, more=1)
        await events.record_note(session, NoteUpdated, note, changed=changed)
    return note
