"""Value types that several nouns of crm speak."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints

from shared.web.numbers import calendar

_YEARS = range(1900, 2200)


def _near_day(value: date) -> date:
    if value.year not in _YEARS:
        raise ValueError(f"a year from {_YEARS.start} to {_YEARS.stop - 1} is expected")
    return value


def _near_moment(value: datetime) -> datetime:
    # The year first: a far moment has no equivalent in UTC.
    _near_day(value)
    return value.astimezone(UTC)


Day = Annotated[date, BeforeValidator(calendar), AfterValidator(_near_day)]
Moment = Annotated[AwareDatetime, BeforeValidator(calendar), AfterValidator(_near_moment)]
"""With its offset; kept in UTC."""
Percent = Annotated[int, Field(ge=0, le=100)]
Value = Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=3)]
"""Money in a request. No serialiser: a patch is dumped into the row, as a Decimal."""
Actor = Annotated[str, StringConstraints(pattern=r"^(user|key|service):[A-Za-z0-9_-]{1,100}$")]
