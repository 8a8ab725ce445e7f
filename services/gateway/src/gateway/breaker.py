"""A circuit breaker: a service that failed several times running is left alone, but for one try a second."""

import time

_FAILURES = 3
_RETRY_SECONDS = 1.0


class Breaker:
    def __init__(self, *, failures: int = _FAILURES, retry_seconds: float = _RETRY_SECONDS) -> None:
        self._failures = failures
        self._retry_seconds = retry_seconds
        self._failed = 0
        self._retry_at = 0.0
        self.reason = ""
        """Of the last failure."""

    def allows(self) -> bool:
        """May the service be asked now? While open, True goes to one caller each `retry_seconds`."""
        if self._failed < self._failures:
            return True
        now = time.monotonic()
        if now < self._retry_at:
            return False
        self._retry_at = now + self._retry_seconds
        return True

    def succeeded(self) -> None:
        self._failed = 0

    def failed(self, reason: str) -> None:
        self._failed += 1
        self._retry_at = time.monotonic() + self._retry_seconds
        self.reason = reason
