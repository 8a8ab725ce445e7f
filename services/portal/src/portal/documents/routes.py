"""The HTTP door of a client's documents. What our copy does not keep is asked of documents, between transactions."""

from dataclasses import replace
from datetime import date
from operator import itemgetter
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from portal.authentication import ClientDep, VisitorDep, open_client
from portal.dependencies import DocumentsDep
from portal.documents import service
from portal.documents.passing import PassedOn
from portal.documents.schemas import DocumentDetails, DocumentOut, RejectionIn, StatusFilter
from portal.documents.service import Details
from shared.events.documents import DocumentType, Side
from shared.web.idempotency import IdempotentRoute
from shared.web.pagination import Cursor, CursorParam, LimitParam, Page, page_of

router = APIRouter(prefix="/portal/api/documents", tags=["portal: client"], route_class=IdempotentRoute)

_CURSOR = Cursor(tuple[date, UUID])


@router.get("")
async def list_documents(
    client: ClientDep,
    side: Side | None = None,
    document_type: Annotated[DocumentType | None, Query(alias="type")] = None,
    status: StatusFilter | None = None,
    limit: LimitParam = 50,
    cursor: CursorParam = None,
) -> Page[DocumentOut]:
    """Newest first. `status=pending` is what is open, `overdue` what is open past its due date."""
    after = _CURSOR.decode(cursor)
    if side == "purchases":  # what was bought from the client is not shown to it
        return Page(items=[])
    rows = await service.list_documents(
        client, document_type=document_type, status=status, after=after, limit=limit + 1
    )
    return page_of(
        rows, limit, lambda row: DocumentOut.of(row[0], today=client.today), cursor=_CURSOR, key=itemgetter(1)
    )


@router.get("/{document_id}")
async def get_document(
    request: Request, visitor: VisitorDep, documents: DocumentsDep, document_id: UUID
) -> DocumentDetails:
    """With its lines."""
    async with open_client(request, visitor) as client:
        document = await service.get_document(client, document_id)
        answer = await service.get_answer(client, document_id)
    content = await service.ask_content(documents, replace(visitor, org_id=client.org_id), document)
    async with open_client(request, visitor) as client:
        await service.record_view(client, document_id)
        relations = await service.find_relations(client, content)
    return DocumentDetails.whole(Details(document, content.fields, relations, answer), today=client.today)


@router.get("/{document_id}/pdf", response_class=Response, responses={200: {"content": {"application/pdf": {}}}})
async def get_pdf(request: Request, visitor: VisitorDep, documents: DocumentsDep, document_id: UUID) -> Response:
    async with open_client(request, visitor) as client:
        await service.get_document(client, document_id)

    async def record_view() -> None:
        async with open_client(request, visitor) as client:
            await service.record_view(client, document_id)

    asking = replace(visitor, org_id=client.org_id)
    return PassedOn(documents, f"/api/v1/documents/{document_id}/pdf", asking, on_answer=record_view)


@router.post("/{document_id}/accept")
async def accept_estimate(client: ClientDep, document_id: UUID) -> DocumentOut:
    return DocumentOut.of(await service.answer_estimate(client, document_id, accepted=True), today=client.today)


@router.post("/{document_id}/reject")
async def reject_estimate(client: ClientDep, document_id: UUID, body: RejectionIn | None = None) -> DocumentOut:
    reason = body.reason if body else None
    document = await service.answer_estimate(client, document_id, accepted=False, reason=reason)
    return DocumentOut.of(document, today=client.today)
