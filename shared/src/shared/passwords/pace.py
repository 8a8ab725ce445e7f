"""How fast something may be asked that costs a little and changes nothing: told by the memory of this process."""

import time
from collections import OrderedDict
from typing import Final

_MOST_KNOWN: Final = 10_000


class Pace:
    """`most` at once, then one every `each` seconds, for each key. Who was not heard of for longest is forgotten."""

    def __init__(self, *, most: int, each: float) -> None:
        self._most = most
        self._each = each
        self._used_until: OrderedDict[str, float] = OrderedDict()

    def take(self, key: str) -> bool:
        """One less; False when there is none."""
        now = time.monotonic()
        later = max(self._used_until.pop(key, 0.0), now) + self._each
        allowed = later <= now + self._each * self._most
        self._used_until[key] = later if allowed else later - self._each
        if len(self._used_until) > _MOST_KNOWN:
            self._used_until.popitem(last=False)
        return allowed
