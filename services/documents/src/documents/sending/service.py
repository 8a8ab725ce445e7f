"""Who gets a document by mail, and asking for it to be mailed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from documents.errors import ContactNotFound, NotApproved
from documents.replicas import service as replicas
from documents.sending import events
from documents.sending.schemas import SendIn
from documents.service import get_document
from shared.addresses import comparable
from shared.errors import invalid
from shared.events.contacts import ContactState
from shared.events.documents import RecipientState, SendState
from shared.identifiers import new_id
from shared.service_client import ServiceClient


@dataclass(frozen=True, slots=True)
class Recipient:
    email: str
    name: str | None
    role: Literal["to", "cc"]
    reason: Literal["contact", "send_copies"]


async def list_recipients(
    session: AsyncSession, document_id: UUID, *, asker: ServiceClient | None = None
) -> list[Recipient]:
    """To the contact's main address, with every person of it who gets copies in copy.

    Where the contact has no address, its people get the mail themselves. Nobody twice. Raises DocumentNotFound.
    """
    document = await get_document(session, document_id)
    contact = await replicas.find_contact(session, document.contact_id, asker)
    if contact is None:
        raise ContactNotFound()
    return _recipients(contact, await replicas.list_copied_people(session, contact.id))


async def request_send(
    session: AsyncSession, document_id: UUID, given: SendIn, *, asker: ServiceClient | None = None
) -> SendState:
    """Settles now who gets the mail. Raises DocumentNotFound, NotApproved, OrganizationUnknown, Invalid."""
    document = await get_document(session, document_id)
    if document.status == "draft":
        raise NotApproved("A draft cannot be sent.")
    organization = await replicas.require_organization(session)
    proposed = await list_recipients(session, document_id, asker=asker)
    own = await _list_own(session, document.contact_id, proposed, asker=asker)
    to = _chosen(given.to, proposed, "to", own=own, without=())
    cc = _chosen(given.cc, proposed, "cc", own=own, without=to)
    bcc = _chosen(given.bcc or [], proposed, "cc", own=own, without=[*to, *cc])
    if not to:
        raise invalid("to", "nobody_to_send_to", "Nobody would get it: the contact has no e-mail. Give one in `to`.")
    send = SendState(
        id=new_id(),
        document_id=document.id,
        contact_id=document.contact_id,
        contact_name=document.contact_name,
        document_type=document.type,
        number=document.number,
        issue_date=document.issue_date,
        due_date=document.due_date,
        total=document.total,
        currency=document.currency,
        language=document.language,
        organization_name=organization.name,
        reply_to=organization.email,
        to=to,
        cc=cc,
        bcc=bcc,
        subject=given.subject,
        message=given.message,
    )
    try:
        await events.record_send(session, send)
    except ValueError:
        raise invalid("message", "too_large", "Message and recipients are too much for one mail.") from None
    return send


async def _list_own(
    session: AsyncSession, contact_id: UUID, proposed: Sequence[Recipient], *, asker: ServiceClient | None
) -> frozenset[str]:
    """All addresses of the contact and of those who get copies for it."""
    contact = await replicas.find_contact(session, contact_id, asker)
    emails = [*(contact.emails if contact else ()), *(recipient.email for recipient in proposed)]
    return frozenset(comparable(email) for email in emails)


def _recipients(contact: ContactState, people: Sequence[ContactState]) -> list[Recipient]:
    found: dict[str, Recipient] = {}
    if contact.emails:
        found[comparable(contact.emails[0])] = Recipient(contact.emails[0], contact.name, "to", "contact")
    role: Literal["to", "cc"] = "cc" if found else "to"
    for person in people:
        if person.emails:
            email = person.emails[0]
            found.setdefault(comparable(email), Recipient(email, person.name, role, "send_copies"))
    return list(found.values())


def _chosen(
    given: Sequence[str] | None,
    proposed: Sequence[Recipient],
    role: Literal["to", "cc"],
    *,
    own: frozenset[str],
    without: Iterable[RecipientState],
) -> list[RecipientState]:
    """What was given, else what was proposed; each address once, with the name we know for it."""
    names = {comparable(recipient.email): recipient.name for recipient in proposed}
    emails = given if given is not None else [one.email for one in proposed if one.role == role]
    seen = {comparable(recipient.email) for recipient in without}
    chosen = []
    for email in emails:
        if comparable(email) not in seen:
            seen.add(comparable(email))
            name, outside = names.get(comparable(email)), comparable(email) not in own
            chosen.append(RecipientState(email=email, name=name, outside=outside))
    return chosen
