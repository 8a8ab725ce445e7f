"""What gateway publishes."""

from uuid import UUID

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
    id: UUID
    name: str
    email: str
    is_admin: bool
    active: bool


class UserCreated(Event[UserState]):
    name = "ficha.gateway.user.created.v1"
