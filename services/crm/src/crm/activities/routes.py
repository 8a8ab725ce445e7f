"""The HTTP door of activities."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from crm.activities import service
from crm.activities.schemas import ActivityIn, ActivityOut, ActivityPatch, Sort
from crm.dependencies import ContactsDep
from shared.web.amending import Amended
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize
from shared.web.pagination import Cursor, CursorParam, LimitParam, Moment, Page, page_of
from shared.web.session import SessionDep
from shared.web.versions import ExpectedVersion, set_etag

router = APIRouter(
    prefix="/api/v1/activities",
    tags=["activities"],
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("crm"))],
)

_CURSOR = Cursor(tuple[Moment, UUID])


@router.get("")
async def list_activities(
    session: SessionDep,
    contact_id: UUID | None = None,
    is_open: Annotated[bool | None, Query(alias="open", description="true: to be done; false: done")] = None,
    sort: Sort = "starts_at",
    limit: LimitParam = 50,
    cursor: CursorParam = None,
) -> Page[ActivityOut]:
    found = await service.list_activities(
        session,
        contact_id=contact_id,
        is_open=is_open,
        latest_first=sort == "-starts_at",
        after=_CURSOR.decode(cursor),
        limit=limit + 1,
    )
    return page_of(found, limit, ActivityOut.model_validate, cursor=_CURSOR, key=lambda row: (row.starts_at, row.id))


@router.post("", status_code=201)
async def create_activity(
    session: SessionDep, contacts: ContactsDep, body: ActivityIn, response: Response
) -> ActivityOut:
    activity = await service.create_activity(session, body, contacts=contacts)
    set_etag(response, activity.version)
    response.headers["Location"] = f"/api/v1/activities/{activity.id}"
    return ActivityOut.model_validate(activity)


@router.get("/{activity_id}")
async def get_activity(session: SessionDep, activity_id: UUID, response: Response) -> ActivityOut:
    activity = await service.get_activity(session, activity_id)
    set_etag(response, activity.version)
    return ActivityOut.model_validate(activity)


@router.patch("/{activity_id}")
async def update_activity(
    session: SessionDep, activity_id: UUID, body: Amended[ActivityPatch], expected: ExpectedVersion, response: Response
) -> ActivityOut:
    activity = await service.update_activity(session, activity_id, body, expected=expected)
    set_etag(response, activity.version)
    return ActivityOut.model_validate(activity)


@router.delete("/{activity_id}", status_code=204)
async def delete_activity(session: SessionDep, activity_id: UUID, expected: ExpectedVersion) -> None:
    """Hides it; `restore` brings it back."""
    await service.delete_activity(session, activity_id, expected=expected)


@router.post("/{activity_id}/restore")
async def restore_activity(session: SessionDep, activity_id: UUID, response: Response) -> ActivityOut:
    activity = await service.restore_activity(session, activity_id)
    set_etag(response, activity.version)
    return ActivityOut.model_validate(activity)


@router.post("/{activity_id}/complete")
async def complete_activity(session: SessionDep, activity_id: UUID, response: Response) -> ActivityOut:
    activity = await service.complete_activity(session, activity_id)
    set_etag(response, activity.version)
    return ActivityOut.model_validate(activity)


@router.post("/{activity_id}/reopen")
async def reopen_activity(session: SessionDep, activity_id: UUID, response: Response) -> ActivityOut:
    activity = await service.reopen_activity(session, activity_id)
    set_etag(response, activity.version)
    return ActivityOut.model_validate(activity)
