"""What portal publishes."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import Event, PlainDecimal, State


class AccessState(State):
    contact_id: UUID
    enabled: bool
    has_password: bool
    payment_methods: list[str]
    catalogue: bool


class AccessChanged(Event[AccessState]):
    """`subject` is the contact."""

    name = "ficha.portal.access.changed.v1"


class NamedContact(State):
    id: UUID
    name: str


class PasswordResetState(State):
    """A client wants a new password for the one it forgot. What opens it is never told: whoever mails it asks portal.

    `email` is the login that it was asked for; `contacts`: whose portals it opens, by name, the first one above.
    """

    id: UUID
    contact_id: UUID
    contact_name: str
    contacts: list[NamedContact] = []
    email: str
    language: str
    organization_name: str
    expires_at: AwareDatetime


class PasswordResetRequested(Event[PasswordResetState]):
    name = "ficha.portal.password_reset.requested.v1"


class EstimateAnswerState(State):
    """What the client said to an estimate. `document_id` is the aggregate in documents."""

    id: UUID
    document_id: UUID
    contact_id: UUID
    reason: str | None = None
    answered_at: AwareDatetime


class EstimateAccepted(Event[EstimateAnswerState]):
    name = "ficha.portal.estimate.accepted.v1"


class EstimateRejected(Event[EstimateAnswerState]):
    name = "ficha.portal.estimate.rejected.v1"


class OrderLineState(State):
    """`unit_price`: as the client saw it. What the product costs by then counts, where a document can be made of it."""

    product_id: UUID
    quantity: PlainDecimal
    unit_price: PlainDecimal | None = None


class OrderState(State):
    """An order from the catalogue, in one currency; becomes a draft sales order whose id is `id`."""

    id: UUID
    contact_id: UUID
    currency: str | None = None
    lines: list[OrderLineState]
    notes: str | None = None
    placed_at: AwareDatetime


class OrderPlaced(Event[OrderState]):
    name = "ficha.portal.order.placed.v1"


class DocumentViewState(State):
    id: UUID
    document_id: UUID
    contact_id: UUID
    viewed_at: AwareDatetime


class DocumentViewed(Event[DocumentViewState]):
    """The client opened a document for the first time."""

    name = "ficha.portal.document.viewed.v1"


ClientNoticeKind = Literal["portal_password_changed", "portal_emails_changed"]


class ClientNoticeState(State):
    """Something about a client's portal that the client should hear of by mail, in case it was somebody else. `email`:
    where the mail goes, which opens the portal or did before. `time_zone`: the company's, in which the mail says when.
    Nothing in it opens anything.
    """

    id: UUID
    kind: ClientNoticeKind
    email: str
    name: str
    language: str
    organization_name: str
    at: AwareDatetime
    time_zone: str | None = None


class ClientNoticeRaised(Event[ClientNoticeState]):
    """`subject` is the notice itself."""

    name = "ficha.portal.security_notice.raised.v1"


class NewDeviceState(State):
    """A portal was entered from a browser that it was never entered from with that `email`, where the mail goes."""

    id: UUID
    kind: Literal["portal_new_device"] = "portal_new_device"
    email: str
    name: str
    language: str
    organization_name: str
    at: AwareDatetime
    time_zone: str | None = None


class NewDeviceNoticed(Event[NewDeviceState]):
    """`subject` is the notice itself."""

    name = "ficha.portal.new_device.noticed.v1"
