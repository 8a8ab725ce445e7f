"""How often one address may try one account: a bucket of attempts that fills up again slowly.

Kept per account and address together, so that nobody can lock somebody else out.
"""

import time
from collections import OrderedDict
from ipaddress import IPv6Address, ip_address

from gateway.accounts.errors import TooManyAttempts

_ATTEMPTS = 10
_SECONDS_EACH = 30.0
_KEPT = 50_000

Key = tuple[str, str]


class Throttle:
    """In this process's memory: another replica counts for itself."""

    def __init__(self, *, attempts: int = _ATTEMPTS, seconds_each: float = _SECONDS_EACH) -> None:
        self._attempts = attempts
        self._seconds_each = seconds_each
        self._buckets: OrderedDict[Key, tuple[float, float]] = OrderedDict()

    def take(self, account: str, address: str) -> None:
        """One attempt less, before it is made: parallel ones count too. Raises TooManyAttempts."""
        key, now = (account, _network(address)), time.monotonic()
        left, since = self._buckets.pop(key, (float(self._attempts), now))
        left = min(self._attempts, left + (now - since) / self._seconds_each)
        allowed = left >= 1
        self._buckets[key] = (left - 1 if allowed else left, now)
        if len(self._buckets) > _KEPT:
            self._buckets.popitem(last=False)
        if not allowed:
            raise TooManyAttempts(f"Try again in {max(1, round((1 - left) * self._seconds_each))} seconds.")

    def forgive(self, account: str, address: str) -> None:
        """It was the right password."""
        self._buckets.pop((account, _network(address)), None)


def _network(address: str) -> str:
    """An IPv6 host owns a whole /64, and would have as many tries."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(parsed.exploded[:19]) if isinstance(parsed, IPv6Address) else str(parsed)
