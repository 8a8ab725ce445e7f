"""HTTP shapes of both ends, as a client sees them."""

from uuid import UUID

from pydantic import Field

from shared.web.shapes import View


class ContactOut(View):
    id: UUID = Field(validation_alias="contact_id")
    name: str
    language: str | None


class OrganizationOut(View):
    name: str
    slug: str
    color: str | None
    language: str
    currency: str
