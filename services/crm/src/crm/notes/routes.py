"""The HTTP door of notes."""

from uuid import UUID

from fastapi import APIRouter, Depends, Response

from crm.dependencies import ContactsDep
from crm.notes import service
from crm.notes.schemas import NoteIn, NoteOut, NotePatch
from shared.web.amending import Amended
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize
from shared.web.pagination import Cursor, CursorParam, LimitParam, Page, page_of
from shared.web.session import SessionDep
from shared.web.versions import ExpectedVersion, set_etag

router = APIRouter(
    prefix="/api/v1/notes",
    tags=["notes"],
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("crm"))],
)

_CURSOR = Cursor(tuple[bool, UUID])


@router.get("")
async def list_notes(
    session: SessionDep, contact_id: UUID | None = None, limit: LimitParam = 50, cursor: CursorParam = None
) -> Page[NoteOut]:
    """Pinned ones first, then newest first."""
    after = _CURSOR.decode(cursor)
    notes = await service.list_notes(session, contact_id=contact_id, after=after, limit=limit + 1)
    return page_of(notes, limit, NoteOut.model_validate, cursor=_CURSOR, key=lambda note: (note.pinned, note.id))


@router.post("", status_code=201)
async def create_note(session: SessionDep, contacts: ContactsDep, body: NoteIn, response: Response) -> NoteOut:
    note = await service.create_note(session, body, contacts=contacts)
    set_etag(response, note.version)
    response.headers["Location"] = f"/api/v1/notes/{note.id}"
    return NoteOut.model_validate(note)


@router.get("/{note_id}")
async def get_note(session: SessionDep, note_id: UUID, response: Response) -> NoteOut:
    note = await service.get_note(session, note_id)
    set_etag(response, note.version)
    return NoteOut.model_validate(note)


@router.patch("/{note_id}")
async def update_note(
    session: SessionDep, note_id: UUID, body: Amended[NotePatch], expected: ExpectedVersion, response: Response
) -> NoteOut:
    note = await service.update_note(session, note_id, body, expected=expected)
    set_etag(response, note.version)
    return NoteOut.model_validate(note)


@router.delete("/{note_id}", status_code=204)
async def delete_note(session: SessionDep, note_id: UUID, expected: ExpectedVersion) -> None:
    """Hides it; `restore` brings it back."""
    await service.delete_note(session, note_id, expected=expected)


@router.post("/{note_id}/restore")
async def restore_note(session: SessionDep, note_id: UUID, response: Response) -> NoteOut:
    note = await service.restore_note(session, note_id)
    set_etag(response, note.version)
    return NoteOut.model_validate(note)
