"""What can be done with pipelines."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm.errors import StageInUse
from crm.models import Pipeline, Stage
from crm.pipelines import repository
from crm.pipelines.schemas import PipelineIn, PipelineOut, PipelinePatch, StageIn, StagePatch
from shared.clock import utc_now
from shared.db.tenancy import org_of
from shared.errors import invalid
from shared.identifiers import new_id
from shared.versions import Expected, check_version
from shared.web.amending import Amendment

DEFAULT: Final = PipelineIn(
    name="Ventas",
    stages=[
        StageIn(name="Nuevo contacto", probability=10),
        StageIn(name="Necesidad detectada", probability=25),
        StageIn(name="Propuesta enviada", probability=50),
        StageIn(name="Negociación", probability=75),
        StageIn(name="Cierre", probability=90),
    ],
)


async def list_pipelines(session: AsyncSession, *, after: UUID | None, limit: int) -> list[Pipeline]:
    """Oldest first: the default one leads."""
    found = await repository.list_pipelines(session, after=after, limit=limit)
    if not found and after is None:
        await _make_default(session)
        found = await repository.list_pipelines(session, after=None, limit=limit)
    return found


async def get_pipeline(session: AsyncSession, pipeline_id: UUID) -> Pipeline:
    """Raises PipelineNotFound."""
    return await repository.require_pipeline(session, pipeline_id)


async def create_pipeline(session: AsyncSession, given: PipelineIn) -> Pipeline:
    if await repository.get_first_stage(session, None) is None:
        await _make_default(session)
    pipeline = _new(session, given)
    await repository.save_pipeline(session, pipeline)
    return pipeline


async def update_pipeline(
    session: AsyncSession, pipeline_id: UUID, given: Amendment[PipelinePatch], *, expected: Expected
) -> Pipeline:
    """Opportunities keep the probability they have; those that move from now on take the new ones.

    Raises PipelineNotFound, StaleVersion, StageInUse, Invalid.
    """
    pipeline = await repository.require_pipeline(session, pipeline_id, lock=True)
    check_version(expected, pipeline.version)
    patch = given.beside(PipelineOut.model_validate(pipeline))
    before = _content(pipeline)
    if "name" in patch.model_fields_set:
        pipeline.name = patch.name
    if "stages" in patch.model_fields_set:
        await _replace_stages(session, pipeline, patch.stages)
    if _content(pipeline) != before:
        pipeline.bump()
        await repository.save_pipeline(session, pipeline)
    return pipeline


async def choose_stage(session: AsyncSession, *, pipeline_id: UUID | None, stage_id: UUID | None) -> Stage:
    """The stage given, else the first of the pipeline given, else the first of the default one. Raises Invalid."""
    if stage_id is not None:
        stage = await repository.get_stage(session, stage_id)
        if stage is None:
            raise invalid("stage_id", "stage_unknown", "There is no such stage.")
        if pipeline_id not in (None, stage.pipeline_id):
            raise invalid("stage_id", "stage_elsewhere", "This stage belongs to another pipeline.")
        return stage
    stage = await repository.get_first_stage(session, pipeline_id)
    if stage is None and pipeline_id is None:
        await _make_default(session)
        stage = await repository.get_first_stage(session, None)
    if stage is None:
        raise invalid("pipeline_id", "pipeline_unknown", "There is no such pipeline.")
    return stage


async def _make_default(session: AsyncSession) -> None:
    """Once, however many ask for it at the same time."""
    await repository.hold_default(session)
    if await repository.get_first_stage(session, None) is None:
        await repository.save_pipeline(session, _new(session, DEFAULT, is_default=True))


def _new(session: AsyncSession, given: PipelineIn, *, is_default: bool = False) -> Pipeline:
    now = utc_now()
    org_id = org_of(session)
    return Pipeline(
        org_id=org_id,
        id=new_id(),
        version=1,
        created_at=now,
        updated_at=now,
        name=given.name,
        is_default=is_default,
        stages=[
            Stage(org_id=org_id, id=new_id(), position=position, name=stage.name, probability=stage.probability)
            for position, stage in enumerate(given.stages)
        ],
    )


async def _replace_stages(session: AsyncSession, pipeline: Pipeline, given: Sequence[StagePatch]) -> None:
    mine = {stage.id: stage for stage in pipeline.stages}
    kept: list[Stage] = []
    for position, wanted in enumerate(given):
        if wanted.id is None:
            stage = Stage(org_id=pipeline.org_id, id=new_id())
        elif wanted.id not in mine:
            raise invalid(f"stages.{position}.id", "stage_unknown", "No other stage of this pipeline has this id.")
        else:
            stage = mine.pop(wanted.id)
        stage.position, stage.name, stage.probability = position, wanted.name, wanted.probability
        kept.append(stage)
    if mine and await repository.are_used(session, list(mine)):
        raise StageInUse()
    pipeline.stages = kept


def _content(pipeline: Pipeline) -> tuple[str, list[tuple[UUID, str, int]]]:
    return pipeline.name, [(stage.id, stage.name, stage.probability) for stage in pipeline.stages]
