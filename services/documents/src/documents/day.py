"""TodayDep: the organisation's day, for the doors that show or default to it."""

from datetime import date
from typing import Annotated

from fastapi import Depends

from documents.parties import service as parties
from shared.web.session import SessionDep


async def _get_today(session: SessionDep) -> date:
    return await parties.get_today(session)


TodayDep = Annotated[date, Depends(_get_today, scope="function")]
