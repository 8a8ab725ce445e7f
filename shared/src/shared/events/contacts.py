"""What contacts publishes."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import Event, PlainDecimal, State

Kind = Literal["company", "person"]
Role = Literal["client", "supplier", "lead", "debtor", "creditor"]
TaxIdType = Literal["nif", "vat", "passport", "residence", "other"]
"""How a `tax_id` identifies, as Spanish law knows it: NIF, NIF-IVA, passport, certificate of residence, any other."""
TaxRegime = Literal["general", "intra_eu", "import_export", "not_subject", "equivalence_surcharge", "exempt"]


class AddressState(State):
    street: str
    city: str
    postal_code: str | None = None
    province: str | None = None
    country: str


class DefaultsState(State):
    """What a document for this contact starts from. `payment_days` counts from the issue date."""

    language: str | None = None
    currency: str | None = None
    payment_method: str | None = None
    payment_days: int | None = None
    discount_pct: PlainDecimal | None = None
    tax_regime: TaxRegime | None = None
    taxes: list[str] | None = None
    irpf: str | None = None


class ContactState(State):
    id: UUID
    kind: Kind
    name: str
    trade_name: str | None = None
    roles: list[Role]
    tax_id: str | None = None
    tax_id_type: TaxIdType | None = None
    vat_number: str | None = None
    emails: list[str]
    phones: list[str]
    website: str | None = None
    billing_address: AddressState | None = None
    shipping_addresses: list[AddressState] = []
    defaults: DefaultsState
    tags: list[str]
    deleted: bool = False
    created_at: AwareDatetime
    updated_at: AwareDatetime


class ContactCreated(Event[ContactState]):
    name = "ficha.contacts.contact.created.v1"


class ContactUpdated(Event[ContactState]):
    name = "ficha.contacts.contact.updated.v1"


class ContactDeleted(Event[ContactState]):
    name = "ficha.contacts.contact.deleted.v1"


class ContactRestored(Event[ContactState]):
    name = "ficha.contacts.contact.restored.v1"


class PersonLinkState(State):
    """A person belonging to a company. `send_copies`: gets a copy of every document mailed to the company."""

    id: UUID
    company_id: UUID
    person_id: UUID
    job_title: str | None = None
    is_primary: bool
    send_copies: bool
    deleted: bool = False


class PersonLinked(Event[PersonLinkState]):
    name = "ficha.contacts.person_link.linked.v1"


class PersonLinkUpdated(Event[PersonLinkState]):
    name = "ficha.contacts.person_link.updated.v1"


class PersonUnlinked(Event[PersonLinkState]):
    name = "ficha.contacts.person_link.unlinked.v1"
