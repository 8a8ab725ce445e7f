"""The time zone that decides an organisation's days."""

from alembic import op

revision = "g007"
down_revision = "g006"


def upgrade() -> None:
    op.execute("ALTER TABLE organization ADD COLUMN time_zone text NOT NULL DEFAULT 'Europe/Madrid'")
