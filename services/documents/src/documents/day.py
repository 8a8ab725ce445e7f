"""TodayDep: the organisation's day, for the doors that show or default to it."""

from datetime import date
from typing import Annotated

from fastapi import Depends

from documents.replicas import service as replicas
from shared.web.session import SessionDep


async def _get_today(session: SessionDep) -> date:
    return await replicas.get_today(session)


TodayDep = Annotated[date, Depends(_get_today, scope="function")]
