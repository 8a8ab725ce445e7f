"""The HTTP door of pipelines."""

from operator import attrgetter
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from crm.pipelines import service
from crm.pipelines.schemas import PipelineIn, PipelineOut, PipelinePatch
from shared.web.amending import Amended
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize
from shared.web.pagination import BY_ID, CursorParam, LimitParam, Page, page_of
from shared.web.session import SessionDep
from shared.web.versions import ExpectedVersion, set_etag

router = APIRouter(
    prefix="/api/v1/pipelines",
    tags=["opportunities"],
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("crm"))],
)


@router.get("")
async def list_pipelines(session: SessionDep, limit: LimitParam = 50, cursor: CursorParam = None) -> Page[PipelineOut]:
    """The default one first, then oldest first. An organisation without any gets its default one."""
    pipelines = await service.list_pipelines(session, after=BY_ID.decode(cursor), limit=limit + 1)
    return page_of(pipelines, limit, PipelineOut.model_validate, cursor=BY_ID, key=attrgetter("id"))


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
    session: SessionDep, pipeline_id: UUID, body: Amended[PipelinePatch], expected: ExpectedVersion, response: Response
) -> PipelineOut:
    """`stages` is replaced whole, in the order given; a stage with opportunities in it cannot be left out."""
    pipeline = await service.update_pipeline(session, pipeline_id, body, expected=expected)
    set_etag(response, pipeline.version)
    return PipelineOut.model_validate(pipeline)
