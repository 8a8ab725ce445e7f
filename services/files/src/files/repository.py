"""Every SQL statement of files."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from files.errors import FileNotFound
from files.models import Contact, File, FileCount, Removal
from shared.clock import utc_now
from shared.db.reading import JsonReader
from shared.db.tenancy import Scope, look_up, org_of
from shared.db.upserts import add_up, keep_newer

_QUEUE = "removal"


async def require_file(session: AsyncSession, file_id: UUID, *, deleted: bool = False, lock: bool = False) -> File:
    """Deleted ones only with `deleted=True`; `lock` holds the row until the transaction ends. Raises FileNotFound."""
    statement = select(File).where(File.org_id == org_of(session), File.id == file_id)
    if not deleted:
        statement = statement.where(File.deleted_at.is_(None))
    if lock:
        statement = statement.with_for_update()
    file = (await session.execute(statement)).scalar_one_or_none()
    if file is None:
        raise FileNotFound()
    return file


async def list_files(
    session: AsyncSession, contact_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[File]:
    """Newest first."""
    statement = (
        select(File)
        .where(File.org_id == org_of(session), File.contact_id == contact_id, File.deleted_at.is_(None))
        .order_by(File.created_at.desc(), File.id.desc())
        .limit(limit)
    )
    if after:
        statement = statement.where(tuple_(File.created_at, File.id) < tuple_(*after))
    return list((await session.execute(statement)).scalars())


async def save_file(session: AsyncSession, file: File) -> None:
    session.add(file)
    await session.flush()


async def count_files(session: AsyncSession, contact_id: UUID, *, more: int) -> None:
    """`more` files than before; -1 is one less."""
    await add_up(session, FileCount, {"contact_id": contact_id, "files": more})


async def add_removal(session: AsyncSession, file_id: UUID, *, object_key: str, due_at: datetime) -> None:
    session.add(Removal(org_id=org_of(session), id=file_id, object_key=object_key, due_at=due_at, queue=_QUEUE))
    await session.flush()


async def cancel_removal(session: AsyncSession, file_id: UUID) -> bool:
    """False when the bytes are removed already. Waits for a removal that is under way."""
    statement = delete(Removal).where(Removal.org_id == org_of(session), Removal.id == file_id).returning(Removal.id)
    return (await session.execute(statement)).first() is not None


async def hasten_removal(session: AsyncSession, file_id: UUID) -> None:
    """Due at once, if it is still planned."""
    mine = (Removal.org_id == org_of(session)) & (Removal.id == file_id)
    await session.execute(update(Removal).where(mine).values(due_at=utc_now()))


async def list_due_removals(session: AsyncSession, *, limit: int) -> list[tuple[UUID, UUID]]:
    """(organisation, file) of every organisation, the longest due first."""
    await look_up(session, _QUEUE)
    statement = (
        select(Removal.org_id, Removal.id).where(Removal.due_at <= utc_now()).order_by(Removal.due_at).limit(limit)
    )
    return [(row[0], row[1]) for row in (await session.execute(statement)).all()]


async def take_due_removal(session: AsyncSession, file_id: UUID) -> Removal | None:
    """Locked until the transaction ends; None when it is no longer due or another sweeper has it."""
    statement = (
        select(Removal)
        .where(Removal.org_id == org_of(session), Removal.id == file_id, Removal.due_at <= utc_now())
        .with_for_update(skip_locked=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def get_contact(session: AsyncSession, contact_id: UUID) -> Contact | None:
    """Hidden ones too."""
    statement = select(Contact).where(Contact.org_id == org_of(session), Contact.id == contact_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def apply_contact(session: AsyncSession, contact_id: UUID, *, version: int, deleted: bool) -> None:
    await keep_newer(session, Contact, id=contact_id, version=version, deleted=deleted)


async def read_panel_part(reader: JsonReader, scope: Scope, contact_id: UUID) -> bytes:
    """`{"files": {"items": the latest ten, "count": n}}` in one statement."""
    part = await reader.read(scope, _PANEL_PART, scope.org_id, contact_id)
    assert part
    return part


_PANEL_PART = """
SELECT json_build_object('files', json_build_object(
    'items', coalesce((
        SELECT json_agg(json_build_object(
            'id', f.id, 'version', f.version, 'contact_id', f.contact_id, 'name', f.name, 'size', f.size,
            'media_type', f.media_type, 'sha256', f.sha256, 'uploaded_at', f.created_at,
            'uploaded_by', f.uploaded_by, 'uploaded_by_name', f.uploaded_by_name)
            ORDER BY f.created_at DESC, f.id DESC)
        FROM (
            SELECT * FROM file WHERE org_id = $1 AND contact_id = $2 AND deleted_at IS NULL
            ORDER BY created_at DESC, id DESC LIMIT 10
        ) f
    ), '[]'::json),
    'count', coalesce((SELECT files FROM file_count WHERE org_id = $1 AND contact_id = $2), 0)))::text
"""
