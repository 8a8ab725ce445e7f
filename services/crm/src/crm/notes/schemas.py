"""HTTP shapes of notes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from shared.web.shapes import LongText, Shape, View

Markdown = Annotated[LongText, StringConstraints(min_length=1)]


class NoteIn(Shape):
    contact_id: UUID
    body: Markdown
    pinned: bool = False


class NotePatch(Shape):
    """What is absent stays."""

    body: Markdown = ""
    pinned: bool = False


class NoteOut(View):
    id: UUID
    version: int
    contact_id: UUID
    contact_name: str
    body: str
    pinned: bool
    author: str
    author_name: str
    created_at: datetime
    updated_at: datetime
