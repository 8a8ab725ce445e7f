"""Devices are found by their cookie before it is known whose they are: they have attempts of their own at the login."""

from alembic import op

from shared.db.folding import index_concurrently
from shared.db.migrate import look_up_by

revision = "p011"
down_revision = "p010"


def upgrade() -> None:
    look_up_by("known_device", "token_hash")
    with op.get_context().autocommit_block():
        index_concurrently("ix_known_device_token_hash", "known_device (token_hash)")
