"""What can be done with contacts and the links between people and companies."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contacts import events, repository
from contacts.errors import AlreadyLinked, ContactNotFound, KindHasLinks, WrongKind
from contacts.fiscal import normalise_phones, normalise_tax_id, normalise_vat_number, tax_id_type_of
from contacts.models import Contact, PersonLink
from contacts.schemas import (
    CompanyLinkIn,
    ContactIn,
    ContactOut,
    ContactPatch,
    LinkPatch,
    LinkShown,
    NewContact,
    PersonLinkIn,
)
from shared.addresses import comparable
from shared.clock import utc_now
from shared.db.reading import JsonReader
from shared.db.tenancy import Scope, org_of
from shared.errors import invalid
from shared.events.contacts import (
    ContactCreated,
    ContactDeleted,
    ContactRestored,
    ContactUpdated,
    Kind,
    PersonLinked,
    PersonLinkUpdated,
    PersonUnlinked,
)
from shared.events.gateway import OrganizationState
from shared.identifiers import new_id
from shared.versions import Expected, check_version
from shared.web.amending import Amendment

Side = Literal["people", "companies"]
Linked = tuple[PersonLink, Contact]
"""A link and the contact at its other end."""


async def list_contacts(
    session: AsyncSession,
    *,
    q: str | None = None,
    role: str | None = None,
    kind: str | None = None,
    tag: str | None = None,
    sort: str | None = None,
    after: Sequence[Any] | None = None,
    limit: int,
) -> list[tuple[Contact, tuple[Any, ...]]]:
    """One page; beside each contact what the next page comes after."""
    return await repository.list_contacts(
        session, q=q, role=role, kind=kind, tag=tag, sort=sort, after=after, limit=limit
    )


async def get_contact(session: AsyncSession, contact_id: UUID) -> Contact:
    """Raises ContactNotFound."""
    return await repository.require_contact(session, contact_id)


async def create_contact(session: AsyncSession, given: ContactIn) -> Contact:
    """Raises Invalid for a tax id, VAT number or phone that cannot be right."""
    values = await _normalised(session, given.model_dump(mode="json"), {})
    now = utc_now()
    contact = Contact(org_id=org_of(session), id=new_id(), version=1, created_at=now, updated_at=now, **values)
    await repository.save_contact(session, contact)
    await events.record_contact(session, ContactCreated, contact)
    return contact


async def update_contact(
    session: AsyncSession, contact_id: UUID, given: Amendment[ContactPatch], *, expected: Expected
) -> Contact:
    """Only what was sent changes; sending what is there already changes nothing, says nothing and is not judged.

    Raises ContactNotFound, StaleVersion, Invalid, KindHasLinks.
    """
    contact = await repository.require_contact(session, contact_id, lock=True)
    check_version(expected, contact.version)
    shown = ContactOut.model_validate(contact)
    # Not all that is there may be of its present type.
    sent = given.beside(shown).model_dump(mode="json", exclude_unset=True, warnings=False)
    country = (contact.billing_address or {}).get("country")
    known = {field: getattr(contact, field) for field in ("tax_id", "tax_id_type", "vat_number", "phones")}
    values = await _normalised(session, sent, {**known, "country": country})
    if values.get("kind", contact.kind) != contact.kind and await repository.has_links(session, contact_id):
        raise KindHasLinks()
    changed = contact.change(values)
    if changed:
        await repository.save_contact(session, contact)
        await events.record_contact(session, ContactUpdated, contact, changed=changed)
    return contact


async def delete_contact(session: AsyncSession, contact_id: UUID, *, expected: Expected) -> None:
    """Hide it; history stays, and `restore_contact` brings it back. Raises ContactNotFound, StaleVersion."""
    contact = await repository.require_contact(session, contact_id, lock=True)
    check_version(expected, contact.version)
    contact.deleted_at = utc_now()
    contact.bump()
    await repository.save_contact(session, contact)
    await events.record_contact(session, ContactDeleted, contact, changed=["deleted"])


async def restore_contact(session: AsyncSession, contact_id: UUID) -> Contact:
    """The same id, as it was. Restoring what is not deleted changes nothing. Raises ContactNotFound."""
    contact = await repository.require_contact(session, contact_id, deleted=True, lock=True)
    if contact.deleted_at is not None:
        contact.deleted_at = None
        contact.bump()
        await repository.save_contact(session, contact)
        await events.record_contact(session, ContactRestored, contact, changed=["deleted"])
    return contact


async def add_person(session: AsyncSession, company_id: UUID, given: PersonLinkIn) -> Linked:
    """Link a person, existing or new, to a company. Raises ContactNotFound, WrongKind, AlreadyLinked."""
    company = await _require_kind(session, company_id, "company")
    person = await _existing_or_new(session, given.person_id, given.person, "person")
    return await _link(session, company, person, given), person


async def add_company(session: AsyncSession, person_id: UUID, given: CompanyLinkIn) -> Linked:
    """The same from the person's side."""
    person = await _require_kind(session, person_id, "person")
    company = await _existing_or_new(session, given.company_id, given.company, "company")
    return await _link(session, company, person, given), company


async def update_link(
    session: AsyncSession, given: Amendment[LinkPatch], *, company_id: UUID, person_id: UUID, expected: Expected
) -> PersonLink:
    """Only what changes is judged. Raises LinkNotFound, StaleVersion."""
    link = await repository.require_link(session, company_id=company_id, person_id=person_id)
    check_version(expected, link.version)
    patch = given.beside(LinkShown.model_validate(link))
    sent = patch.model_dump(exclude_unset=True)
    changed = link.change(sent)
    if changed:
        await repository.save_link(session, link)
        await events.record_link(session, PersonLinkUpdated, link, changed=changed)
        await _keep_one_primary(session, link)
    return link


async def remove_link(session: AsyncSession, *, company_id: UUID, person_id: UUID, expected: Expected) -> None:
    """Both contacts stay. Raises LinkNotFound, StaleVersion."""
    link = await repository.require_link(session, company_id=company_id, person_id=person_id)
    check_version(expected, link.version)
    link.bump()
    await events.record_link(session, PersonUnlinked, link)
    await repository.remove_link(session, link)


async def list_people(
    session: AsyncSession, contact_id: UUID, *, side: Side, after: Sequence[Any] | None, limit: int
) -> list[Linked]:
    """Primary first, then by name. Raises ContactNotFound."""
    await repository.require_contact(session, contact_id)
    return await repository.list_links(session, contact_id, side=side, after=after, limit=limit)


async def read_panel_part(reader: JsonReader, scope: Scope, contact_id: UUID) -> bytes:
    """The contact and its people (or companies) as finished JSON. Raises ContactNotFound."""
    part = await repository.read_panel_part(reader, scope, contact_id)
    if part is None:
        raise ContactNotFound()
    return part


async def remember_organization(session: AsyncSession, organization: OrganizationState, *, version: int) -> None:
    country = organization.address.country if organization.address else "ES"
    await repository.apply_organization(session, version=version, country=country)


async def _normalised(session: AsyncSession, values: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """The values as they are stored. Tax ids and phones are read in the contact's own country; what is `known` was
    read when it was given, maybe in another.
    """
    address = values.get("billing_address") or {}
    country = address.get("country") or known.get("country") or await repository.home_country(session)
    _identify(values, known, country)
    if values.get("vat_number") and values["vat_number"] != known.get("vat_number"):
        values["vat_number"] = normalise_vat_number(values["vat_number"])
    if values.get("phones"):
        values["phones"] = normalise_phones(values["phones"], country, known=known.get("phones", ()))
    for field in ("roles", "phones", "tags"):
        if field in values:
            values[field] = list(dict.fromkeys(values[field]))
    if "emails" in values:
        written: dict[str, str] = {}
        for email in values["emails"]:
            written.setdefault(comparable(email), email)
        values["emails"] = list(written.values())
    if "defaults" in values:
        values["defaults"] = {key: value for key, value in values["defaults"].items() if value is not None}
    return values


def _identify(values: dict[str, Any], known: dict[str, Any], country: str) -> None:
    """Type and number go together: a number that is given alone is what it looks like, whatever was there before it."""
    if "tax_id" not in values and "tax_id_type" not in values:
        return
    tax_id, stated = values.get("tax_id", known.get("tax_id")), values.get("tax_id_type")
    if tax_id is None and stated:
        raise invalid("tax_id", "tax_id_missing", f"There is no tax id to be a {stated}.")
    changed = tax_id != known.get("tax_id")
    if not changed and "tax_id_type" not in values:
        return
    if tax_id and (changed or (stated and stated != known.get("tax_id_type"))):
        values["tax_id"] = tax_id = normalise_tax_id(tax_id, country, stated)
    values["tax_id_type"] = stated or (tax_id_type_of(tax_id, country) if tax_id else None)


async def _existing_or_new(
    session: AsyncSession, contact_id: UUID | None, new: NewContact | None, kind: Kind
) -> Contact:
    if contact_id is not None:
        return await _require_kind(session, contact_id, kind)
    assert new
    return await create_contact(session, ContactIn(kind=kind, **new.model_dump()))


async def _require_kind(session: AsyncSession, contact_id: UUID, kind: Kind) -> Contact:
    contact = await repository.require_contact(session, contact_id)
    if contact.kind != kind:
        raise WrongKind(f"{contact.name} is not a {kind}.")
    return contact


async def _link(
    session: AsyncSession, company: Contact, person: Contact, given: PersonLinkIn | CompanyLinkIn
) -> PersonLink:
    if await repository.find_link(session, company_id=company.id, person_id=person.id):
        raise AlreadyLinked()
    now = utc_now()
    link = PersonLink(
        org_id=org_of(session),
        id=new_id(),
        version=1,
        created_at=now,
        updated_at=now,
        company_id=company.id,
        person_id=person.id,
        job_title=given.job_title,
        is_primary=given.is_primary,
        send_copies=given.send_copies,
    )
    await repository.save_link(session, link)
    await events.record_link(session, PersonLinked, link)
    await _keep_one_primary(session, link)
    return link


async def _keep_one_primary(session: AsyncSession, link: PersonLink) -> None:
    """A company has one primary person: the last one named."""
    if not link.is_primary:
        return
    for other in await repository.list_other_primaries(session, link):
        other.is_primary = False
        other.bump()
        await repository.save_link(session, other)
        await events.record_link(session, PersonLinkUpdated, other, changed=["is_primary"])
