"""What time it is, and which day: nothing else asks the machine's clock, or takes a day from a moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, StringConstraints

DEFAULT_ZONE = "Europe/Madrid"

_standing: ContextVar[datetime | None] = ContextVar("clock", default=None)


def utc_now() -> datetime:
    """Returns the present moment, aware, in UTC."""
    return _standing.get() or datetime.now(UTC)


def day_in(zone: str, moment: datetime | None = None) -> date:
    """The calendar's day there at that moment, or now: at 00:30 in Madrid it is still yesterday in UTC."""
    return (moment or utc_now()).astimezone(ZoneInfo(zone)).date()


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """The clock stands still, for whatever this context runs: what depends on the hour can be tried at any hour."""
    token = _standing.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _standing.reset(token)


@cache
def zones() -> frozenset[str]:
    """The IANA database's, by the wheel's own list: a machine's folder may lack some, and has `localtime` besides."""
    return frozenset((files("tzdata") / "zones").read_text().split()) - {"Factory"}


def _known_zone(value: str) -> str:
    if value not in zones():
        raise ValueError("no time zone of the IANA database, such as Europe/Madrid or Atlantic/Canary")
    return value


TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]
