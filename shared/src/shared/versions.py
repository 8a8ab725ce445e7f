"""Versions of entities: a writer whose copy is stale is refused."""

from shared.errors import StaleVersion

Expected = frozenset[int] | None
"""The versions that a writer knows, one of which has to be the present one; None: any."""


def check_version(expected: Expected, actual: int) -> None:
    """Raises StaleVersion unless `actual` is among the versions that the writer knows. Call it under the row's lock."""
    if expected is not None and actual not in expected:
        sent = ", ".join(map(str, sorted(expected))) or "none of its own"
        raise StaleVersion(f"Version {sent} was sent; it is at version {actual} now.")
