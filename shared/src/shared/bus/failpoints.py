"""Places where a test makes the process die, as if it were killed at that very step.

`FICHA_FAILPOINT=relay.confirmed:3` ends the process the third time it gets there; unset, nothing happens.
"""

import os
from typing import Final

VARIABLE: Final = "FICHA_FAILPOINT"
EXIT_CODE: Final = 86

RELAY_LEASED: Final = "relay.leased"
"""Rows are read, nothing is published."""
RELAY_PUBLISHED: Final = "relay.published"
"""Written to the broker, which has not confirmed."""
RELAY_CONFIRMED: Final = "relay.confirmed"
"""Confirmed, the rows still there."""
RELAY_DELETED: Final = "relay.deleted"
CONSUMER_AFFECTED: Final = "consumer.affected"
"""A handler had its effect, not committed."""
CONSUMER_COMMITTED: Final = "consumer.committed"
CONSUMER_ACKED: Final = "consumer.acked"
"""The ack is written, which does not say that the broker has it."""

ALL: Final = (
    RELAY_LEASED,
    RELAY_PUBLISHED,
    RELAY_CONFIRMED,
    RELAY_DELETED,
    CONSUMER_AFFECTED,
    CONSUMER_COMMITTED,
    CONSUMER_ACKED,
)


def reach(name: str) -> None:
    """End the process here, where the failpoint `name` is armed and has been reached often enough."""
    if name == _armed:
        _count_down()


def armed(name: str) -> bool:
    """For a place that has to be arranged before it can be reached."""
    return name == _armed


def _count_down() -> None:
    global _left
    _left -= 1
    if _left <= 0:
        # Not SystemExit: nothing may be tidied up, as when the machine loses power.
        os._exit(EXIT_CODE)


_armed, _, _times = os.environ.get(VARIABLE, "").partition(":")
_left = int(_times or 1)
if _armed and _armed not in ALL:
    raise SystemExit(f"{VARIABLE}: {_armed} is none of {', '.join(ALL)}")
