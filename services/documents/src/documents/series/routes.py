"""The HTTP door of series."""

from uuid import UUID

from fastapi import APIRouter, Depends, Response

from documents.series import service
from documents.series.schemas import SeriesIn, SeriesOut
from shared.errors import invalid
from shared.events.documents import DocumentType
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize
from shared.web.pagination import CursorParam, LimitParam, Page, decode_cursor, encode_cursor
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
    rows = await service.list_series(session, document_type=document_type, after=_after(cursor), limit=limit + 1)
    return Page(
        items=[SeriesOut.model_validate(row) for row in rows[:limit]],
        next_cursor=encode_cursor(rows[limit - 1].id) if len(rows) > limit else None,
    )


@router.post("", status_code=201)
async def create_series(session: SessionDep, body: SeriesIn, response: Response) -> SeriesOut:
    series = await service.create_series(session, body)
    set_etag(response, series.version)
    return SeriesOut.model_validate(series)


def _after(cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    try:
        return UUID(str(decode_cursor(cursor, size=1)[0]))
    except ValueError:
        raise invalid("cursor", "cursor_invalid", "The cursor is not one this list gave.") from None
