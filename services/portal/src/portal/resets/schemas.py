"""HTTP shapes of forgotten passwords."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from portal.replicas.schemas import ContactOut
from portal.sessions.schemas import GivenEmail
from shared.passwords.rules import NewPassword
from shared.web.shapes import SearchText, Shape, View


class ResetIn(Shape):
    """`organization`: the slug in the link that the company gave; without it every company that knows the e-mail."""

    email: GivenEmail
    organization: SearchText | None = None


class OpeningIn(Shape):
    """`token` is what stands behind the # of the link."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ResetOut(View):
    """Whose passwords the link sets."""

    email: str
    contacts: list[ContactOut]


class RedemptionIn(OpeningIn):
    """`contacts`: whose portals get the password; without it all that the link is about."""

    password: NewPassword
    contacts: Annotated[list[UUID], Field(min_length=1, max_length=1000)] | None = None


class LinkOut(View):
    url: str
