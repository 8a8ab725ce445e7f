"""HTTP shapes of pipelines."""

from datetime import datetime
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import Field

from crm.schemas import Percent
from shared.web.shapes import Line, Shape, View

StageT = TypeVar("StageT")
Stages = Annotated[list[StageT], Field(min_length=1, max_length=30)]


class StageIn(Shape):
    name: Line
    probability: Percent


class StagePatch(StageIn):
    """With an id it is one of the pipeline's own; without, a new one."""

    id: UUID | None = None


class PipelineIn(Shape):
    """Stages in their order, first to last."""

    name: Line
    stages: Stages[StageIn]


class PipelinePatch(Shape):
    """What is absent stays. `stages` is replaced whole: what it does not name is removed."""

    name: Line = ""
    stages: Stages[StagePatch] = Field(default_factory=list)


class StageOut(View):
    id: UUID
    name: str
    probability: int


class PipelineOut(View):
    id: UUID
    version: int
    name: str
    is_default: bool
    stages: list[StageOut]
    created_at: datetime
    updated_at: datetime
