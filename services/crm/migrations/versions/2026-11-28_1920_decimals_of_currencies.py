"""Amounts with the decimals of their currency."""

from alembic import op

from shared.db.amounts import any_scale

revision = "m003"
down_revision = "m002"


def upgrade() -> None:
    for table in ("opportunity", "open_opportunities"):
        op.execute(any_scale(table, "value"))
