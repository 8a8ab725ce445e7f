"""Every SQL statement over pipelines and stages."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, selectinload

from crm.errors import PipelineNotFound
from crm.models import Opportunity, Pipeline, Stage
from shared.db.tenancy import org_of


async def list_pipelines(session: AsyncSession, *, after: UUID | None, limit: int) -> list[Pipeline]:
    """Oldest first, with their stages."""
    statement = _pipelines(session).order_by(Pipeline.id).limit(limit)
    if after:
        statement = statement.where(Pipeline.id > after)
    return list((await session.execute(statement)).scalars())


async def require_pipeline(session: AsyncSession, pipeline_id: UUID, *, lock: bool = False) -> Pipeline:
    """With its stages. Raises PipelineNotFound."""
    statement = _pipelines(session).where(Pipeline.id == pipeline_id)
    if lock:
        statement = statement.with_for_update()
    pipeline = (await session.execute(statement)).scalar_one_or_none()
    if pipeline is None:
        raise PipelineNotFound()
    return pipeline


async def get_stage(session: AsyncSession, stage_id: UUID) -> Stage | None:
    """It cannot be removed until the transaction ends."""
    return (await session.execute(_stages(session).where(Stage.id == stage_id))).scalar_one_or_none()


async def get_first_stage(session: AsyncSession, pipeline_id: UUID | None) -> Stage | None:
    """Of this pipeline, or of the default one. It cannot be removed until the transaction ends."""
    wanted = Pipeline.is_default if pipeline_id is None else Pipeline.id == pipeline_id
    statement = _stages(session).where(wanted).order_by(Stage.position).limit(1)
    return (await session.execute(statement)).scalar_one_or_none()


async def hold_default(session: AsyncSession) -> None:
    """Until the transaction ends nobody else of this organisation makes its default pipeline."""
    key = func.hashtextextended(f"{org_of(session)} default pipeline", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))


async def save_pipeline(session: AsyncSession, pipeline: Pipeline) -> None:
    session.add(pipeline)
    await session.flush()


async def are_used(session: AsyncSession, stage_ids: Collection[UUID]) -> bool:
    """Whether any opportunity, also a closed or deleted one, is in these stages. Nobody can enter them meanwhile."""
    held = select(Stage.id).where(Stage.org_id == org_of(session), Stage.id.in_(stage_ids)).with_for_update()
    await session.execute(held)
    used = select(Opportunity.id).where(Opportunity.org_id == org_of(session), Opportunity.stage_id.in_(stage_ids))
    return (await session.execute(used.limit(1))).first() is not None


def _pipelines(session: AsyncSession) -> Select[Pipeline]:
    return select(Pipeline).where(Pipeline.org_id == org_of(session)).options(selectinload(Pipeline.stages))


def _stages(session: AsyncSession) -> Select[Stage]:
    return (
        select(Stage)
        .join(Stage.pipeline)
        .options(contains_eager(Stage.pipeline))
        .where(Stage.org_id == org_of(session))
        .with_for_update(read=True, key_share=True, of=Stage)
    )
