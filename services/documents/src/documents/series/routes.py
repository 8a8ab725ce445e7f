"""The HTTP door of series."""

from operator import attrgetter

from fastapi import APIRouter, Depends, Response

from documents.series import service
from documents.series.schemas import SeriesIn, SeriesOut
from shared.events.documents import DocumentType
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize
from shared.web.pagination import BY_ID, CursorParam, LimitParam, Page, page_of
from shared.web.session import SessionDep
from shared.web.versions import set_etag

router = APIRouter(
    prefix="/api/v1/series",
    tags=["series"],
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("documents"))],
)


@router.get("")
async def list_series(
    session: SessionDep,
    document_type: DocumentType | None = None,
    limit: LimitParam = 50,
    cursor: CursorParam = None,
) -> Page[SeriesOut]:
    """Oldest first. A type's default series appears with the first document approved without another."""
    rows = await service.list_series(session, document_type=document_type, after=BY_ID.decode(cursor), limit=limit + 1)
    return page_of(rows, limit, SeriesOut.model_validate, cursor=BY_ID, key=attrgetter("id"))


@router.post("", status_code=201)
async def create_series(session: SessionDep, body: SeriesIn, response: Response) -> SeriesOut:
    series = await service.create_series(session, body)
    set_etag(response, series.version)
    return SeriesOut.model_validate(series)
