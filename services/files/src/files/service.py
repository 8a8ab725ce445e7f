"""What can be done with files."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from files import events, repository
from files.errors import ContactNotFound, FileGone, UploadTooSlow
from files.models import File
from files.storage import Storage, Stored
from shared.clock import utc_now
from shared.db.reading import JsonReader
from shared.db.tenancy import Scope, org_of, scope_of
from shared.events.files import FileDeleted, FileUploaded
from shared.identifiers import new_id
from shared.service_client import ServiceClient
from shared.versions import Expected, check_version

_ABANDONED_AFTER = timedelta(hours=1)
"""Longer than any upload may take (form.LONGEST_SECONDS)."""


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload that has begun: the file it will be, and where its bytes go."""

    file_id: UUID
    contact_id: UUID
    object_key: str


async def begin_upload(session: AsyncSession, contact_id: UUID, *, contacts: ServiceClient) -> Upload:
    """Before the first byte: whatever happens from here on, the bytes are swept unless the upload is finished.

    Raises ContactNotFound, Unavailable.
    """
    await _require_contact(session, contact_id, contacts=contacts)
    file_id = new_id()
    upload = Upload(file_id, contact_id, object_key=f"{org_of(session)}/{contact_id}/{file_id}")
    due_at = utc_now() + _ABANDONED_AFTER
    await repository.add_removal(session, file_id, object_key=upload.object_key, due_at=due_at)
    return upload


async def finish_upload(session: AsyncSession, upload: Upload, stored: Stored, *, name: str, media_type: str) -> File:
    """The bytes are there: the file is. Raises UploadTooSlow when they were swept meanwhile."""
    if not await repository.cancel_removal(session, upload.file_id):
        raise UploadTooSlow()
    scope = scope_of(session)
    now = utc_now()
    file = File(
        org_id=org_of(session),
        id=upload.file_id,
        version=1,
        created_at=now,
        updated_at=now,
        contact_id=upload.contact_id,
        name=name,
        size=stored.size,
        media_type=media_type,
        sha256=stored.sha256,
        uploaded_by=scope.actor,
        uploaded_by_name=scope.actor_name,
        object_key=upload.object_key,
    )
    await repository.save_file(session, file)
    await repository.count_files(session, file.contact_id, more=1)
    await events.record_file(session, FileUploaded, file)
    return file


async def give_up_upload(session: AsyncSession, upload: Upload) -> None:
    """Let its bytes be swept now. Without effect on an upload that was finished after all."""
    await repository.hasten_removal(session, upload.file_id)


async def list_files(
    session: AsyncSession, contact_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int, contacts: ServiceClient
) -> list[File]:
    """Newest first. Raises ContactNotFound, Unavailable."""
    await _require_contact(session, contact_id, contacts=contacts)
    return await repository.list_files(session, contact_id, after=after, limit=limit)


async def get_file(session: AsyncSession, file_id: UUID) -> File:
    """Raises FileNotFound."""
    return await repository.require_file(session, file_id)


async def delete_file(session: AsyncSession, file_id: UUID, *, retention: timedelta, expected: Expected) -> None:
    """Hide it; after `retention` its bytes go for good. Raises FileNotFound, StaleVersion."""
    file = await repository.require_file(session, file_id, lock=True)
    check_version(expected, file.version)
    file.deleted_at = utc_now()
    file.bump()
    await repository.save_file(session, file)
    await repository.count_files(session, file.contact_id, more=-1)
    await repository.add_removal(session, file.id, object_key=file.object_key, due_at=file.deleted_at + retention)
    await events.record_file(session, FileDeleted, file, changed=["deleted"])


async def restore_file(session: AsyncSession, file_id: UUID) -> File:
    """The same id, as it was. Restoring what is not deleted changes nothing. Raises FileNotFound, FileGone."""
    file = await repository.require_file(session, file_id, deleted=True, lock=True)
    if file.deleted_at is None:
        return file
    if not await repository.cancel_removal(session, file_id):
        raise FileGone()
    file.deleted_at = None
    file.bump()
    await repository.save_file(session, file)
    await repository.count_files(session, file.contact_id, more=1)
    await events.record_file(session, FileUploaded, file, changed=["deleted"])
    return file


async def list_due_removals(session: AsyncSession) -> list[tuple[UUID, UUID]]:
    """(organisation, file) whose bytes' time has come, some at a time."""
    return await repository.list_due_removals(session, limit=100)


async def remove_bytes(session: AsyncSession, file_id: UUID, *, storage: Storage) -> bool:
    """Under the removal's lock, so that a restore either comes first or comes too late. Raises StorageUnreachable.

    False when there was nothing to do.
    """
    removal = await repository.take_due_removal(session, file_id)
    if removal is None:
        return False
    await storage.remove(removal.object_key)
    return await repository.cancel_removal(session, file_id)


async def remember_contact(session: AsyncSession, contact_id: UUID, *, version: int, deleted: bool) -> None:
    await repository.apply_contact(session, contact_id, version=version, deleted=deleted)


async def read_panel_part(reader: JsonReader, scope: Scope, contact_id: UUID) -> bytes:
    """The section `files` as finished JSON."""
    return await repository.read_panel_part(reader, scope, contact_id)


async def _require_contact(session: AsyncSession, contact_id: UUID, *, contacts: ServiceClient) -> None:
    """Asks contacts when our copy is not there, or deleted, yet. Raises ContactNotFound, Unavailable."""
    contact = await repository.get_contact(session, contact_id)
    if contact is None or contact.deleted:
        found = await contacts.get_json(f"/api/v1/contacts/{contact_id}", scope_of(session))
        if found is None:
            raise ContactNotFound()
        await repository.apply_contact(session, contact_id, version=int(found["version"]), deleted=False)
