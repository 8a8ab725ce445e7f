"""Rows of contacts as published events."""

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from contacts.models import Contact, PersonLink
from shared.bus import outbox
from shared.events.base import Event
from shared.events.contacts import (
    ContactDeleted,
    ContactState,
    ContactUpdated,
    PersonLinkState,
    PersonLinkUpdated,
    PersonUnlinked,
)


async def record_contact(
    session: AsyncSession, event: type[Event[ContactState]], contact: Contact, *, changed: Iterable[str] = ()
) -> None:
    data = _contact_state(contact)
    await outbox.record(session, event, subject=contact.id, version=contact.version, data=data, changed=changed)


def restate_contact(contact: Contact) -> Event[ContactState]:
    event = ContactUpdated if contact.deleted_at is None else ContactDeleted
    return event.restated(
        org_id=contact.org_id,
        subject=contact.id,
        version=contact.version,
        as_of=contact.updated_at,
        data=_contact_state(contact),
    )


async def record_link(
    session: AsyncSession, event: type[Event[PersonLinkState]], link: PersonLink, *, changed: Iterable[str] = ()
) -> None:
    data = _link_state(link, deleted=event is PersonUnlinked)
    await outbox.record(session, event, subject=link.id, version=link.version, data=data, changed=changed)


def restate_link(link: PersonLink) -> Event[PersonLinkState]:
    return PersonLinkUpdated.restated(
        org_id=link.org_id,
        subject=link.id,
        version=link.version,
        as_of=link.updated_at,
        data=_link_state(link, deleted=False),
    )


def _contact_state(contact: Contact) -> ContactState:
    """Bank accounts and custom fields stay at home: no listener needs them."""
    return ContactState.model_validate(
        {
            "id": contact.id,
            "kind": contact.kind,
            "name": contact.name,
            "trade_name": contact.trade_name,
            "roles": contact.roles,
            "tax_id": contact.tax_id,
            "tax_id_type": contact.tax_id_type,
            "vat_number": contact.vat_number,
            "emails": contact.emails,
            "phones": contact.phones,
            "website": contact.website,
            "billing_address": contact.billing_address,
            "shipping_addresses": contact.shipping_addresses,
            "defaults": contact.defaults,
            "tags": contact.tags,
            "deleted": contact.deleted_at is not None,
            "created_at": contact.created_at,
            "updated_at": contact.updated_at,
        }
    )


def _link_state(link: PersonLink, *, deleted: bool) -> PersonLinkState:
    return PersonLinkState(
        id=link.id,
        company_id=link.company_id,
        person_id=link.person_id,
        job_title=link.job_title,
        is_primary=link.is_primary,
        send_copies=link.send_copies,
        deleted=deleted,
    )
