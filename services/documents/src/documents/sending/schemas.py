"""HTTP shapes of sending."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.web.shapes import Email, Line, LongText, Shape, View

Emails = Annotated[list[Email], Field(max_length=50)]


class RecipientOut(View):
    """Who would get the document, and why."""

    email: str
    name: str | None
    role: Literal["to", "cc"]
    reason: Literal["contact", "send_copies"]


class SendIn(Shape):
    """`to` and `cc` absent: as `recipients` says. An empty list means nobody."""

    to: Emails | None = None
    cc: Emails | None = None
    bcc: Emails | None = None
    subject: Line | None = None
    message: LongText | None = None


class SendOut(View):
    """The mail is on its way; notifications logs what becomes of it."""

    id: UUID
    to: list[str]
    cc: list[str]
    bcc: list[str]
