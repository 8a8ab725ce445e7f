"""Ids: UUIDv7, so that they sort by birth and indexes stay dense."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Returns a new UUID of version 7: later ones sort after earlier ones."""
    return uuid7()
