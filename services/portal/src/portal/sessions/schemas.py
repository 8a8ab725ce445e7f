"""HTTP shapes of logging in."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from portal.replicas.schemas import ContactOut, OrganizationOut
from shared.addresses import comparable
from shared.passwords.rules import NewPassword
from shared.web.shapes import SearchText, Shape, ShortText, View

GivenPassword = Annotated[str, StringConstraints(max_length=1000, strip_whitespace=False)]
GivenEmail = Annotated[ShortText, AfterValidator(comparable)]


class LoginIn(Shape):
    """`organization`: the slug in the link that the company gave; without it every company that knows the e-mail."""

    email: GivenEmail
    password: GivenPassword
    organization: SearchText | None = None


class SessionOut(View):
    contact: ContactOut
    organization: OrganizationOut | None


class PasswordChange(Shape):
    current: GivenPassword
    new: NewPassword
