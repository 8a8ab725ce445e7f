"""The HTTP door of contacts: parse, authorise, call the service, shape the answer."""

from operator import itemgetter
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from contacts import service
from contacts.schemas import (
    CompanyLinkIn,
    CompanyOut,
    ContactIn,
    ContactOut,
    ContactPatch,
    ContactsPanelPart,
    LinkPatch,
    PersonLinkIn,
    PersonOut,
    Sort,
)
from contacts.service import Linked
from shared.events.contacts import Kind, Role
from shared.web.amending import Amended
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize
from shared.web.pagination import Cursor, CursorParam, LimitParam, Moment, Page, Stage, Text, page_of
from shared.web.reading import ReadingDep, json_answer
from shared.web.session import SessionDep
from shared.web.shapes import SearchText
from shared.web.versions import ExpectedVersion, set_etag

router = APIRouter(
    prefix="/api/v1/contacts",
    tags=["contacts"],
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("contacts"))],
)
_SEARCHED = """name, trade name, tax id, e-mail, phone, city, province or postal code; a company also by the names and
e-mails of its people"""
_BY_NAME = Cursor(tuple[Stage, Text, UUID])
_BY_CHANGE = Cursor(tuple[Stage, Moment, UUID])
_LINKS = Cursor(tuple[bool, Text, UUID])
panel_router = APIRouter(dependencies=[Depends(Authorize("contacts"))])


@router.get("")
async def list_contacts(
    session: SessionDep,
    q: Annotated[SearchText | None, Query(description=_SEARCHED)] = None,
    role: Role | None = None,
    kind: Kind | None = None,
    tag: SearchText | None = None,
    sort: Sort | None = None,
    limit: LimitParam = 50,
    cursor: CursorParam = None,
) -> Page[ContactOut]:
    """By name unless told otherwise. A search gives what is exactly as asked first, and what is only similar where
    nothing is as written.
    """
    place = _BY_CHANGE if sort == "-updated_at" else _BY_NAME
    rows = await service.list_contacts(
        session, q=q, role=role, kind=kind, tag=tag, sort=sort, after=place.decode(cursor), limit=limit + 1
    )
    return page_of(rows, limit, lambda row: ContactOut.model_validate(row[0]), cursor=place, key=itemgetter(1))


@router.post("", status_code=201)
async def create_contact(session: SessionDep, body: ContactIn, response: Response) -> ContactOut:
    contact = await service.create_contact(session, body)
    set_etag(response, contact.version)
    response.headers["Location"] = f"/api/v1/contacts/{contact.id}"
    return ContactOut.model_validate(contact)


@router.get("/{contact_id}")
async def get_contact(session: SessionDep, contact_id: UUID, response: Response) -> ContactOut:
    contact = await service.get_contact(session, contact_id)
    set_etag(response, contact.version)
    return ContactOut.model_validate(contact)


@router.patch("/{contact_id}")
async def update_contact(
    session: SessionDep, contact_id: UUID, body: Amended[ContactPatch], expected: ExpectedVersion, response: Response
) -> ContactOut:
    contact = await service.update_contact(session, contact_id, body, expected=expected)
    set_etag(response, contact.version)
    return ContactOut.model_validate(contact)


@router.delete("/{contact_id}", status_code=204)
async def delete_contact(session: SessionDep, contact_id: UUID, expected: ExpectedVersion) -> None:
    """Hides it; its history stays and `restore` brings it back."""
    await service.delete_contact(session, contact_id, expected=expected)


@router.post("/{contact_id}/restore")
async def restore_contact(session: SessionDep, contact_id: UUID, response: Response) -> ContactOut:
    contact = await service.restore_contact(session, contact_id)
    set_etag(response, contact.version)
    return ContactOut.model_validate(contact)


@router.get("/{contact_id}/people")
async def list_people(
    session: SessionDep, contact_id: UUID, limit: LimitParam = 50, cursor: CursorParam = None
) -> Page[PersonOut]:
    after = _LINKS.decode(cursor)
    rows = await service.list_people(session, contact_id, side="people", after=after, limit=limit + 1)
    return page_of(rows, limit, _person, cursor=_LINKS, key=_link_key)


@router.post("/{contact_id}/people", status_code=201)
async def add_person(session: SessionDep, contact_id: UUID, body: PersonLinkIn, response: Response) -> PersonOut:
    linked = await service.add_person(session, contact_id, body)
    set_etag(response, linked[0].version)
    return _person(linked)


@router.patch("/{contact_id}/people/{person_id}")
async def update_person_link(
    session: SessionDep,
    contact_id: UUID,
    person_id: UUID,
    body: Amended[LinkPatch],
    expected: ExpectedVersion,
    response: Response,
) -> PersonOut:
    link = await service.update_link(session, body, company_id=contact_id, person_id=person_id, expected=expected)
    set_etag(response, link.version)
    return _person((link, await service.get_contact(session, person_id)))


@router.delete("/{contact_id}/people/{person_id}", status_code=204)
async def remove_person(session: SessionDep, contact_id: UUID, person_id: UUID, expected: ExpectedVersion) -> None:
    await service.remove_link(session, company_id=contact_id, person_id=person_id, expected=expected)


@router.get("/{contact_id}/companies")
async def list_companies(
    session: SessionDep, contact_id: UUID, limit: LimitParam = 50, cursor: CursorParam = None
) -> Page[CompanyOut]:
    after = _LINKS.decode(cursor)
    rows = await service.list_people(session, contact_id, side="companies", after=after, limit=limit + 1)
    return page_of(rows, limit, _company, cursor=_LINKS, key=_link_key)


@router.post("/{contact_id}/companies", status_code=201)
async def add_company(session: SessionDep, contact_id: UUID, body: CompanyLinkIn, response: Response) -> CompanyOut:
    linked = await service.add_company(session, contact_id, body)
    set_etag(response, linked[0].version)
    return _company(linked)


@router.patch("/{contact_id}/companies/{company_id}")
async def update_company_link(
    session: SessionDep,
    contact_id: UUID,
    company_id: UUID,
    body: Amended[LinkPatch],
    expected: ExpectedVersion,
    response: Response,
) -> CompanyOut:
    link = await service.update_link(session, body, company_id=company_id, person_id=contact_id, expected=expected)
    set_etag(response, link.version)
    return _company((link, await service.get_contact(session, company_id)))


@router.delete("/{contact_id}/companies/{company_id}", status_code=204)
async def remove_company(session: SessionDep, contact_id: UUID, company_id: UUID, expected: ExpectedVersion) -> None:
    await service.remove_link(session, company_id=company_id, person_id=contact_id, expected=expected)


@panel_router.get("/internal/contacts/{contact_id}/panel", response_model=ContactsPanelPart)
async def get_panel_part(reading: ReadingDep, contact_id: UUID) -> Response:
    """The contact itself and its section: people of a company, or companies of a person."""
    return json_answer(await service.read_panel_part(*reading, contact_id))


def _person(linked: Linked) -> PersonOut:
    link, person = linked
    return PersonOut.model_validate({**_link_values(linked), "person_id": link.person_id, "name": person.name})


def _company(linked: Linked) -> CompanyOut:
    link, company = linked
    return CompanyOut.model_validate({**_link_values(linked), "company_id": link.company_id, "name": company.name})


def _link_values(linked: Linked) -> dict[str, Any]:
    link, other = linked
    return {
        "version": link.version,
        "job_title": link.job_title,
        "is_primary": link.is_primary,
        "send_copies": link.send_copies,
        "emails": other.emails,
        "phones": other.phones,
    }


def _link_key(linked: Linked) -> tuple[bool, str, UUID]:
    link, other = linked
    return link.is_primary, other.sort_name, other.id
