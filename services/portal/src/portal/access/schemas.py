"""HTTP shapes of access, for staff."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from portal.payments.schemas import Method
from portal.sessions.schemas import NewPassword
from shared.web.shapes import Shape, View

PaymentMethods = Annotated[list[Method], Field(max_length=10)]


class AccessIn(Shape):
    """Replaces what was there."""

    enabled: bool
    payment_methods: PaymentMethods
    catalogue: bool


class AccessOut(View):
    """`url` is where the client logs in."""

    contact_id: UUID
    version: int
    enabled: bool
    has_password: bool
    payment_methods: list[str]
    catalogue: bool
    url: str

    @classmethod
    def of(cls, access: Any, *, url: str) -> "AccessOut":
        names = ("contact_id", "version", "enabled", "has_password", "payment_methods", "catalogue")
        return cls(url=url, **{name: getattr(access, name) for name in names})


class PasswordIn(Shape):
    password: NewPassword
