"""HTTP shapes of forgotten passwords."""

from typing import Annotated

from pydantic import StringConstraints

from portal.sessions.schemas import GivenEmail, NewPassword
from shared.web.shapes import SearchText, Shape, View


class ResetIn(Shape):
    """`organization`: the slug in the link that the company gave; without it every company that knows the e-mail."""

    email: GivenEmail
    organization: SearchText | None = None


class RedemptionIn(Shape):
    """`token` is what stands behind the # of the link."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    password: NewPassword


class LinkOut(View):
    url: str
