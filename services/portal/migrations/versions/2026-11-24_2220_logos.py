"""The company's logo, as gateway tells it."""

from alembic import op

revision = "p004"
down_revision = "p003"


def upgrade() -> None:
    op.execute("ALTER TABLE organization ADD COLUMN logo text")
