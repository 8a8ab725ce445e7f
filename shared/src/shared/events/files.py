"""What files publishes. Bytes never travel."""

from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import Event, State


class FileState(State):
    """`size` in bytes; `sha256` in lower-case hex."""

    id: UUID
    contact_id: UUID
    name: str
    size: int
    media_type: str
    sha256: str
    uploaded_at: AwareDatetime
    deleted: bool = False


class FileUploaded(Event[FileState]):
    name = "ficha.files.file.uploaded.v1"


class FileDeleted(Event[FileState]):
    name = "ficha.files.file.deleted.v1"
