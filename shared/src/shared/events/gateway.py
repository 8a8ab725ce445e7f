"""What gateway publishes."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime

from shared.clock import DEFAULT_ZONE
from shared.events.base import Event, State
from shared.events.contacts import AddressState


class OrganizationState(State):
    """The tenant itself, as it signs its documents. `subject` of the envelope is the organisation.

    `time_zone`: of the IANA database; it decides which day it is. `logo`: the SHA-256 of its picture, which the gateway
    serves at `/logos/<it>.png`.
    """

    id: UUID
    name: str
    slug: str
    tax_id: str | None = None
    email: str | None = None
    phone: str | None = None
    website: str | None = None
    address: AddressState | None = None
    iban: str | None = None
    bic: str | None = None
    currency: str
    language: str
    time_zone: str = DEFAULT_ZONE
    color: str | None = None
    logo: str | None = None


class OrganizationCreated(Event[OrganizationState]):
    name = "ficha.gateway.organization.created.v1"


class OrganizationUpdated(Event[OrganizationState]):
    name = "ficha.gateway.organization.updated.v1"


class UserState(State):
    """`scopes`: what the person holds now (`*` is everything), active or not. None: told before that was told."""

    id: UUID
    name: str
    email: str
    is_admin: bool
    active: bool
    scopes: list[str] | None = None


class UserCreated(Event[UserState]):
    name = "ficha.gateway.user.created.v1"


class UserUpdated(Event[UserState]):
    """`changed` names `password` where it was that. What the person gave to programs is worth what the person is."""

    name = "ficha.gateway.user.updated.v1"


class ApiKeyState(State):
    """`user_id`: the person behind it, who made it or made the key that made it. It can never do more than that
    person can at the moment, and ends at `expires_at`.
    """

    id: UUID
    name: str
    scopes: list[str]
    created_by: str
    user_id: UUID
    expires_at: AwareDatetime | None = None
    deleted: bool = False


class ApiKeyCreated(Event[ApiKeyState]):
    name = "ficha.gateway.api_key.created.v1"


class ApiKeyDeleted(Event[ApiKeyState]):
    """And with it whatever it was given to."""

    name = "ficha.gateway.api_key.deleted.v1"


SecurityNoticeKind = Literal["password_changed", "email_changed", "new_device", "key_made", "administrator_made"]


class SecurityNoticeState(State):
    """Something about an account that its owner should hear of by mail, in case it was somebody else. Nothing in it
    opens anything. `subject_name`: the key's, where it is about one. `email`: where the mail goes; after a change of
    it, the address before. `time_zone`: in which the mail says when.
    """

    id: UUID
    kind: SecurityNoticeKind
    email: str
    name: str
    language: str
    organization_name: str
    at: AwareDatetime
    subject_name: str | None = None
    time_zone: str | None = None


class SecurityNoticeRaised(Event[SecurityNoticeState]):
    """About somebody of the organisation. `subject` is the notice itself."""

    name = "ficha.gateway.security_notice.raised.v1"
