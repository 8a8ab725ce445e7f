"""Numbers and days in a body: plain decimals and ISO 8601, whatever else Python would read."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AwareDatetime, Field, ValidationError

from shared.web.shapes import Amount, Shape


class Form(Shape):
    amount: Annotated[Amount, Field(gt=0)] | None = None
    percent: Annotated[int, Field(ge=0, le=100)] | None = None
    day: Annotated[dt.date, Field(ge=dt.date(1990, 1, 1))] | None = None
    moment: AwareDatetime | None = None


NO_NUMBERS = (
    *(
        "1_000",
        "1e3",
        "1E+3",
        "NaN",
        "Infinity",
        "-Infinity",
        "inf",
        "٣",
        "１２",
        "१",
        "1,5",
        "0x10",
        "1.",
        "--1",
        "five",
    ),
    *(True, False, float("nan"), float("inf"), "9" * 400, 10**400, 1e300, "1e999999999"),
)
NO_DAYS = (
    *(0, 1, 1700000000, 1700000000.5, "0", "1700000000", "-1", "1e9", "20261231", "31/12/2026", "２０２６-12-31"),
    *(True, 10**400, "2026-13-01", "2026-02-30", "٢٠٢٦-12-31"),
)


@pytest.mark.parametrize("field", ["amount", "percent"])
@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: str(value)[:20])
def test_what_is_no_plain_number_is_refused_at_its_field(field: str, value: Any) -> None:
    assert refused(field, value) == {field}


@pytest.mark.parametrize("field", ["day", "moment"])
@pytest.mark.parametrize("value", NO_DAYS, ids=lambda value: str(value)[:20])
def test_what_is_no_day_is_refused_at_its_field(field: str, value: Any) -> None:
    assert refused(field, value) == {field}


def test_what_a_double_has_rounded_already_is_refused() -> None:
    assert refused("amount", 99999999999.12345678) == {"amount"}


@pytest.mark.parametrize("value", ["0.1", "10", ".5", "+3", " 7.50 ", 5, 0.1, 1234.5])
def test_plain_numbers_are_kept_exactly(value: Any) -> None:
    assert Form.model_validate({"amount": value}).amount == Decimal(str(value).strip())


@given(st.decimals(min_value="0.001", max_value="999999999999.999", places=3))
def test_every_amount_comes_back_as_it_was_written(value: Decimal) -> None:
    assert Form.model_validate({"amount": f"{value:f}"}).amount == value


@given(st.dates(min_value=dt.date(1990, 1, 1)), st.datetimes(timezones=st.just(dt.UTC)))
def test_every_day_and_moment_comes_back(day: dt.date, moment: dt.datetime) -> None:
    form = Form.model_validate({"day": day.isoformat(), "moment": moment.isoformat()})
    assert (form.day, form.moment) == (day, moment)


def refused(field: str, value: Any) -> set[str | int]:
    with pytest.raises(ValidationError) as wrong:
        Form.model_validate({field: value})
    return {error["loc"][0] for error in wrong.value.errors(include_input=False)}
