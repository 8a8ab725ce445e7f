"""The HTTP door of documents as they are read."""

from datetime import date
from operator import itemgetter
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from documents import service
from documents.day import TodayDep
from documents.responses import show
from documents.schemas import DocumentOut, DocumentSummary, StatusFilter
from documents.values import Day
from shared.events.documents import DocumentType, Side
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize
from shared.web.pagination import Cursor, CursorParam, LimitParam, Page, Stage, page_of
from shared.web.session import SessionDep
from shared.web.shapes import SearchText

router = APIRouter(
    prefix="/api/v1/documents",
    tags=["documents"],
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("documents"))],
)

_CURSOR = Cursor(tuple[Stage, date, UUID])


@router.get("")
async def list_documents(
    session: SessionDep,
    today: TodayDep,
    contact_id: UUID | None = None,
    side: Side | None = None,
    document_type: Annotated[DocumentType | None, Query(alias="type")] = None,
    status: StatusFilter | None = None,
    issued_from: Annotated[Day | None, Query(alias="from")] = None,
    issued_to: Annotated[Day | None, Query(alias="to")] = None,
    q: Annotated[SearchText | None, Query(description="number, contact or supplier's number")] = None,
    limit: LimitParam = 50,
    cursor: CursorParam = None,
) -> Page[DocumentSummary]:
    """Newest first. `status=overdue` is what is open past its due date. A search gives what is exactly as asked before
    what is as written, and what is only similar where there is nothing else.
    """
    rows = await service.list_documents(
        session,
        contact_id=contact_id,
        side=side,
        document_type=document_type,
        status=status,
        issued_from=issued_from,
        issued_to=issued_to,
        q=q,
        after=_CURSOR.decode(cursor),
        limit=limit + 1,
    )
    return page_of(rows, limit, lambda row: DocumentSummary.of(row[0], today=today), cursor=_CURSOR, key=itemgetter(1))


@router.get("/{document_id}")
async def get_document(session: SessionDep, today: TodayDep, document_id: UUID, response: Response) -> DocumentOut:
    document = await service.get_document(session, document_id)
    return await show(session, document, today=today, response=response)
