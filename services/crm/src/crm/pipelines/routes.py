"""The HTTP door of pipelines."""

from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import TypeAdapter

from crm.pipelines import service
from crm.pipelines.schemas import PipelineIn, PipelineOut, PipelinePatch
from crm.schemas import read_cursor
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize
from shared.web.pagination import CursorParam, LimitParam, Page, encode_cursor
from shared.web.session import SessionDep
from shared.web.versions import ExpectedVersion, set_etag

router = APIRouter(
    prefix="/api/v1/pipelines",
    tags=["opportunities"],
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("crm"))],
)

_CURSOR = TypeAdapter(tuple[UUID])


@router.get("")
async def list_pipelines(session: SessionDep, limit: LimitParam = 50, cursor: CursorParam = None) -> Page[PipelineOut]:
    """The default one first, then oldest first. An organisation without any gets its default one."""
    after = read_cursor(cursor, _CURSOR, size=1)
    pipelines = await service.list_pipelines(session, after=after[0] if after else None, limit=limit + 1)
    return Page(
        items=[PipelineOut.model_validate(pipeline) for pipeline in pipelines[:limit]],
        next_cursor=encode_cursor(pipelines[limit - 1].id) if len(pipelines) > limit else None,
    )


@router.post("", status_code=201)
async def create_pipeline(session: SessionDep, body: PipelineIn, response: Response) -> PipelineOut:
    pipeline = await service.create_pipeline(session, body)
    set_etag(response, pipeline.version)
    response.headers["Location"] = f"/api/v1/pipelines/{pipeline.id}"
    return PipelineOut.model_validate(pipeline)


@router.get("/{pipeline_id}")
async def get_pipeline(session: SessionDep, pipeline_id: UUID, response: Response) -> PipelineOut:
    pipeline = await service.get_pipeline(session, pipeline_id)
    set_etag(response, pipeline.version)
    return PipelineOut.model_validate(pipeline)


@router.patch("/{pipeline_id}")
async def update_pipeline(
    session: SessionDep, pipeline_id: UUID, body: PipelinePatch, expected: ExpectedVersion, response: Response
) -> PipelineOut:
    """`stages` is replaced whole, in the order given; a stage with opportunities in it cannot be left out."""
    pipeline = await service.update_pipeline(session, pipeline_id, body, expected=expected)
    set_etag(response, pipeline.version)
    return PipelineOut.model_validate(pipeline)
