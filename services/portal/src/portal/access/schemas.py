"""HTTP shapes of access, for staff."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from portal.payments.schemas import Method
from portal.sessions.schemas import GivenEmail
from shared.passwords.rules import NewPassword
from shared.web.shapes import Shape, View

PaymentMethods = Annotated[list[Method], Field(max_length=10)]


class AccessIn(Shape):
    """Replaces what was there."""

    enabled: bool
    payment_methods: PaymentMethods
    catalogue: bool


class PortalSection(View):
    """`url` is where the client logs in; `emails`: with what. `waiting`: e-mails of the contact that are not let in."""

    enabled: bool
    has_password: bool
    payment_methods: list[str]
    catalogue: bool
    emails: list[str]
    waiting: list[str]
    url: str


class PortalPanelPart(View):
    portal: PortalSection


class AccessOut(PortalSection):
    contact_id: UUID
    version: int

    @classmethod
    def of(cls, access: Any, *, known: list[str], url: str) -> "AccessOut":
        """`known`: all e-mails of the contact."""
        names = ("contact_id", "version", "enabled", "has_password", "payment_methods", "catalogue")
        waiting = [] if access.emails is None else [email for email in known if email not in access.emails]
        return cls(
            emails=access.emails or [], waiting=waiting, url=url, **{name: getattr(access, name) for name in names}
        )


class EmailsIn(Shape):
    """Those of the contact's e-mails that open its portal; all others do not."""

    emails: Annotated[list[GivenEmail], Field(max_length=50)]


class PasswordIn(Shape):
    password: NewPassword
