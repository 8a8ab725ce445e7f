"""HTTP shapes of files."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from shared.web.shapes import View


class FileOut(View):
    """`size` in bytes; `sha256` in lower-case hex. `uploaded_by` is an actor: `user:<id>`, `key:<id>`, …"""

    id: UUID
    version: int
    contact_id: UUID
    name: str
    size: int
    media_type: str
    sha256: str
    uploaded_at: datetime = Field(validation_alias="created_at")
    uploaded_by: str
    uploaded_by_name: str


class FilesSection(View):
    """The latest ten. `count`: of all."""

    items: list[FileOut]
    count: int


class FilesPanelPart(View):
    files: FilesSection
