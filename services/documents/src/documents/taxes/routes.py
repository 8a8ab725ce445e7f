"""The HTTP door of taxes."""

from fastapi import APIRouter, Depends

from documents.day import TodayDep
from documents.taxes.schemas import TaxOut
from documents.values import Day
from shared.events.taxes import TAXES
from shared.web.idempotency import IdempotentRoute
from shared.web.identity import Authorize
from shared.web.pagination import Page

router = APIRouter(
    prefix="/api/v1/taxes",
    tags=["taxes"],
    route_class=IdempotentRoute,
    dependencies=[Depends(Authorize("documents"))],
)


@router.get("")
async def list_taxes(today: TodayDep, on: Day | None = None) -> Page[TaxOut]:
    """The taxes in force on a day (today unless told otherwise), with their rates on that day."""
    day = on or today
    found = [(tax, rate) for tax in TAXES.values() if (rate := tax.rate_on(day))]
    return Page(
        items=[
            TaxOut(
                code=tax.code,
                name=tax.name,
                kind=tax.kind,
                rate=rate.percent,
                valid_from=rate.valid_from,
                valid_to=rate.valid_to,
                surcharge=tax.surcharge,
            )
            for tax, rate in found
        ]
    )
