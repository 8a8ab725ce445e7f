"""Logos that documents bear."""

import sqlalchemy as sa
from alembic import op

from shared.db.tenancy import tenant_policy

revision = "d004"
down_revision = "d003"


def upgrade() -> None:
    op.create_table(
        "logo_copy",
        sa.Column("org_id", sa.Uuid, primary_key=True),
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    for statement in tenant_policy("logo_copy"):
        op.execute(statement)
