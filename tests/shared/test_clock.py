"""The clock, and the day it is somewhere."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.clock import TimeZone, day_in, standing_at, utc_now, zones

MOMENTS = st.integers(0, 7_258_118_399).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
"""From 1970 to 2199."""


@given(zone=st.sampled_from(sorted(zones())), moment=MOMENTS)
def test_a_day_is_as_far_from_utcs_as_the_zone_is(zone: str, moment: datetime) -> None:
    offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    with standing_at(moment):
        assert (utc_now(), day_in(zone)) == (moment, (moment + offset).date())


def test_the_clock_goes_on_where_nobody_stopped_it() -> None:
    with standing_at(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)):
        assert (day_in("Europe/Madrid"), day_in("Atlantic/Canary")) == (date(2027, 1, 1), date(2026, 12, 31))
    assert abs(utc_now() - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("zone", ["Europe/Madrid", "Atlantic/Canary", "Africa/Ceuta", "Asia/Kathmandu", "US/Hawaii"])
def test_zones_of_the_database_are_taken(zone: str) -> None:
    assert TypeAdapter(TimeZone).validate_python(zone) == zone


@pytest.mark.parametrize(
    "wrong",
    [
        *("", "Madrid", "europe/madrid", "Europe/Barcelona", "CEST", "+01:00", "localtime", "Factory", "posixrules"),
        *("right/Europe/Madrid", "../Europe/Madrid", "Europe/Madrid\n", "/etc/passwd"),
    ],
)
def test_what_is_no_zone_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(TimeZone).validate_python(wrong)
