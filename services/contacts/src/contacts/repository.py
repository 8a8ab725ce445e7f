"""Every SQL statement of contacts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from contacts.errors import ContactNotFound, LinkNotFound
from contacts.models import Contact, Found, Organization, PersonLink
from shared.db.finding import Listing, find_page
from shared.db.reading import JsonReader
from shared.db.tenancy import Scope, org_of
from shared.db.upserts import keep_newer


async def get_contact(session: AsyncSession, contact_id: UUID, *, deleted: bool = False) -> Contact | None:
    """Hidden ones only with `deleted=True`."""
    statement = _contacts(session, deleted=deleted).where(Contact.id == contact_id)
    return (await session.execute(statement)).scalar_one_or_none()


async def require_contact(
    session: AsyncSession, contact_id: UUID, *, deleted: bool = False, lock: bool = False
) -> Contact:
    """Raises ContactNotFound. `lock` holds the row until the transaction ends."""
    statement = _contacts(session, deleted=deleted).where(Contact.id == contact_id)
    if lock:
        statement = statement.with_for_update(of=Contact)
    contact = (await session.execute(statement)).scalar_one_or_none()
    if contact is None:
        raise ContactNotFound()
    return contact


async def save_contact(session: AsyncSession, contact: Contact) -> None:
    """Insert or update."""
    session.add(contact)
    await session.flush()


async def list_contacts(
    session: AsyncSession,
    *,
    q: str | None,
    role: str | None,
    kind: str | None,
    tag: str | None,
    sort: str | None,
    after: Sequence[Any] | None,
    limit: int,
) -> list[tuple[Contact, tuple[Any, ...]]]:
    """One page, and what the next one comes after."""
    listed = _found(session)
    if role:
        listed = listed.where(Found.roles.contains([role]))
    if kind:
        listed = listed.where(Found.kind == kind)
    if tag:
        listed = listed.where(Found.tags.contains([tag]))
    return await find_page(session, _LISTINGS[sort or "name"], listed, q=q, after=after, limit=limit)


async def list_links(
    session: AsyncSession,
    contact_id: UUID,
    *,
    side: Literal["people", "companies"],
    after: Sequence[Any] | None,
    limit: int,
) -> list[tuple[PersonLink, Contact]]:
    """The people of a company, or the companies of a person, primary first. Hidden ones are left out."""
    mine, other = _sides(side)
    by_name = Contact.sort_name.collate("C")
    statement = (
        select(PersonLink, Contact)
        .join(Contact, and_(Contact.org_id == PersonLink.org_id, Contact.id == other))
        .where(PersonLink.org_id == org_of(session), mine == contact_id, Contact.deleted_at.is_(None))
        .order_by(PersonLink.is_primary.desc(), by_name, Contact.id)
        .limit(limit)
    )
    if after:
        primary, name, last_id = after
        later = tuple_(by_name, Contact.id) > tuple_(name, last_id)
        same_group = and_(PersonLink.is_primary == primary, later)
        statement = statement.where(or_(same_group, PersonLink.is_primary.is_(False)) if primary else same_group)
    return [(row[0], row[1]) for row in (await session.execute(statement)).all()]


async def has_links(session: AsyncSession, contact_id: UUID) -> bool:
    either = or_(PersonLink.company_id == contact_id, PersonLink.person_id == contact_id)
    statement = select(PersonLink.id).where(PersonLink.org_id == org_of(session), either).limit(1)
    return (await session.execute(statement)).first() is not None


async def find_link(session: AsyncSession, *, company_id: UUID, person_id: UUID) -> PersonLink | None:
    return (await session.execute(_link(session, company_id, person_id))).scalar_one_or_none()


async def require_link(session: AsyncSession, *, company_id: UUID, person_id: UUID) -> PersonLink:
    """Locked. Raises LinkNotFound."""
    link = (await session.execute(_link(session, company_id, person_id).with_for_update())).scalar_one_or_none()
    if link is None:
        raise LinkNotFound()
    return link


async def list_other_primaries(session: AsyncSession, link: PersonLink) -> list[PersonLink]:
    """The company's other primary links (at most one in practice), locked."""
    statement = (
        select(PersonLink)
        .where(
            PersonLink.org_id == org_of(session),
            PersonLink.company_id == link.company_id,
            PersonLink.is_primary,
            PersonLink.id != link.id,
        )
        .with_for_update()
    )
    return list((await session.execute(statement)).scalars())


async def save_link(session: AsyncSession, link: PersonLink) -> None:
    session.add(link)
    await session.flush()


async def remove_link(session: AsyncSession, link: PersonLink) -> None:
    await session.delete(link)
    await session.flush()


async def home_country(session: AsyncSession) -> str:
    """The organisation's country; Spain until it is known."""
    found = await session.scalar(select(Organization.country).where(Organization.org_id == org_of(session)))
    return found or "ES"


async def apply_organization(session: AsyncSession, *, version: int, country: str) -> None:
    await keep_newer(session, Organization, version=version, country=country)


async def read_panel_part(reader: JsonReader, scope: Scope, contact_id: UUID) -> bytes | None:
    """`{"contact": …, "people": …}` in one statement; None when there is no such contact."""
    return await reader.read(scope, _PANEL_PART, scope.org_id, contact_id)


_PANEL_PART = """
SELECT json_build_object(
    'contact', json_build_object(
        'id', c.id, 'version', c.version, 'kind', c.kind, 'name', c.name, 'trade_name', c.trade_name,
        'roles', c.roles, 'tax_id', c.tax_id, 'tax_id_type', c.tax_id_type,
        'vat_number', c.vat_number, 'emails', c.emails, 'phones', c.phones, 'website', c.website,
        'billing_address', c.billing_address, 'shipping_addresses', c.shipping_addresses,
        'bank_accounts', c.bank_accounts, 'defaults', c.defaults, 'tags', c.tags,
        'custom_fields', c.custom_fields, 'created_at', c.created_at, 'updated_at', c.updated_at),
    'people', json_build_object('items', coalesce((
        SELECT json_agg(json_build_object(
            linked.side, o.id, 'version', linked.version, 'name', o.name, 'job_title', linked.job_title,
            'is_primary', linked.is_primary, 'send_copies', linked.send_copies,
            'emails', o.emails, 'phones', o.phones) ORDER BY linked.is_primary DESC, o.sort_name COLLATE "C", o.id)
        FROM (
            (SELECT 'person_id' AS side, person_id AS other, version, job_title, is_primary, send_copies
             FROM person_link WHERE org_id = $1 AND company_id = $2 ORDER BY is_primary DESC LIMIT 50)
            UNION ALL
            (SELECT 'company_id', company_id, version, job_title, is_primary, send_copies
             FROM person_link WHERE org_id = $1 AND person_id = $2 LIMIT 50)
        ) linked
        JOIN contact o ON o.org_id = $1 AND o.id = linked.other AND o.deleted_at IS NULL
    ), '[]'::json)))::text
FROM contact c
WHERE c.org_id = $1 AND c.id = $2 AND c.deleted_at IS NULL
"""


def _contacts(session: AsyncSession, *, deleted: bool = False) -> Select[Contact]:
    statement = select(Contact).where(Contact.org_id == org_of(session))
    return statement if deleted else statement.where(Contact.deleted_at.is_(None))


def _found(session: AsyncSession) -> Select[UUID, UUID]:
    return select(Found.org_id, Found.id).where(Found.org_id == org_of(session), Found.deleted_at.is_(None))


def _link(session: AsyncSession, company_id: UUID, person_id: UUID) -> Select[PersonLink]:
    return select(PersonLink).where(
        PersonLink.org_id == org_of(session),
        PersonLink.company_id == company_id,
        PersonLink.person_id == person_id,
    )


def _sides(side: str) -> tuple[InstrumentedAttribute[UUID], InstrumentedAttribute[UUID]]:
    if side == "people":
        return PersonLink.company_id, PersonLink.person_id
    return PersonLink.person_id, PersonLink.company_id


_BY_NAME = Listing(Contact, Found, ("sort_name", "id"), lambda contact: (contact.name, contact.trade_name))
_LISTINGS = {"name": _BY_NAME, "-updated_at": replace(_BY_NAME, keys=("updated_at", "id"), descending=True)}
