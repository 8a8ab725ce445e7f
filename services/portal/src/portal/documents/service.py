"""What a client can see and do of its documents."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from portal.client import ClientScope
from portal.documents import events, repository
from portal.documents.repository import Open
from portal.errors import AlreadyAnswered, DocumentNotFound, EstimateVoided, NotAnEstimate
from portal.models import Document, EstimateAnswer
from shared.clock import utc_now
from shared.db.tenancy import Scope
from shared.events.documents import DocumentState
from shared.identifiers import new_id
from shared.service_client import ServiceClient

_CONTENT = ("lines", "taxes", "notes")
_ONE = ("source", "corrects")
_SEVERAL = ("became", "corrected_by")


@dataclass(frozen=True, slots=True)
class Content:
    """What our copy does not keep, as documents said it: lines, taxes, notes; and the ids of other documents."""

    fields: dict[str, Any]
    relatives: dict[str, list[UUID]]


@dataclass(frozen=True, slots=True)
class Details:
    """`relations`: documents that it came from and became, as far as the client sees them itself."""

    document: Document
    content: dict[str, Any]
    relations: dict[str, Any]
    answer: EstimateAnswer | None


async def list_documents(
    client: ClientScope,
    *,
    document_type: str | None,
    status: str | None,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[tuple[Document, tuple[date, UUID]]]:
    """One page; beside each document its sort values, from which the next page continues."""
    rows = await repository.list_documents(client, document_type=document_type, status=status, after=after, limit=limit)
    return [(document, repository.sort_values(document)) for document in rows]


async def get_document(client: ClientScope, document_id: UUID) -> Document:
    """Raises DocumentNotFound."""
    return await repository.require_document(client, document_id)


async def get_answer(client: ClientScope, document_id: UUID) -> EstimateAnswer | None:
    return await repository.get_answer(client, document_id)


async def ask_content(asker: ServiceClient, scope: Scope, document: Document) -> Content:
    """Call it for a document that `get_document` gave. Raises DocumentNotFound, Unavailable."""
    found = await asker.get_json(f"/api/v1/documents/{document.id}", scope)
    if found is None or found["contact_id"] != str(document.contact_id):
        raise DocumentNotFound()
    # An older documents names no others yet.
    relatives = {name: found.get(name) or [] for name in _SEVERAL}
    relatives |= {name: [found[name]] if found.get(name) else [] for name in _ONE}
    return Content(
        fields={name: found[name] for name in _CONTENT},
        relatives={name: [UUID(each["id"]) for each in named] for name, named in relatives.items()},
    )


async def find_relations(client: ClientScope, content: Content) -> dict[str, Any]:
    """By our copy: no draft, nothing of another contact."""
    named = {document_id for ids in content.relatives.values() for document_id in ids}
    visible = await repository.find_visible(client, list(named)) if named else {}
    seen = {name: [visible[each] for each in ids if each in visible] for name, ids in content.relatives.items()}
    return {name: seen[name] for name in _SEVERAL} | {name: next(iter(seen[name]), None) for name in _ONE}


async def record_view(client: ClientScope, document_id: UUID) -> None:
    """The first time the client opens it; staff looking on count for nothing."""
    if client.read_only:
        return
    view = await repository.add_view(client, document_id)
    if view is not None:
        await events.record_view(client.session, view)


async def answer_estimate(
    client: ClientScope, document_id: UUID, *, accepted: bool, reason: str | None = None
) -> Document:
    """Shown at once, and told to documents. Raises DocumentNotFound, NotAnEstimate, AlreadyAnswered, EstimateVoided."""
    document = await repository.require_document(client, document_id, lock=True)
    if document.type != "estimate":
        raise NotAnEstimate()
    if document.status == "voided":
        raise EstimateVoided()
    if document.status != "approved":
        raise AlreadyAnswered()
    answer = EstimateAnswer(
        org_id=client.org_id,
        document_id=document.id,
        id=new_id(),
        contact_id=client.contact_id,
        accepted=accepted,
        reason=reason or None,
        answered_at=utc_now(),
    )
    await repository.add_answer(client, answer)
    document.status = "accepted" if accepted else "rejected"
    await repository.save_document(client, document)
    await events.record_answer(client.session, answer)
    return document


async def list_open(client: ClientScope) -> list[Open]:
    """What is open, by currency."""
    return await repository.list_open(client)


async def find_next_due(client: ClientScope) -> Document | None:
    return await repository.find_next_due(client)


async def find_statuses(client: ClientScope, document_ids: list[UUID]) -> dict[UUID, str]:
    return await repository.find_statuses(client, document_ids)


async def remember_document(session: AsyncSession, document: DocumentState, *, version: int) -> None:
    """What is bought is none of a client's business here."""
    if document.side == "sales":
        await repository.apply_document(session, document, version=version)
