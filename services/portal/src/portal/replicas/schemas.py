"""HTTP shapes of both ends, as a client sees them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, computed_field

from shared.web.shapes import View


class ContactOut(View):
    id: UUID = Field(validation_alias="contact_id")
    name: str
    language: str | None


class OrganizationOut(View):
    """`logo_url`: the gateway's, for everybody to see; its content never changes."""

    name: str
    slug: str
    color: str | None
    logo: Annotated[str | None, Field(exclude=True)]
    language: str
    currency: str

    @computed_field
    def logo_url(self) -> str | None:
        return f"/logos/{self.logo}.png" if self.logo else None
