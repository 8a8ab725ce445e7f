"""The picture of an organisation."""

from alembic import op

from shared.db.migrate import hold_to_tenant

revision = "g005"
down_revision = "g004"


def upgrade() -> None:
    op.execute("ALTER TABLE organization ADD COLUMN logo text")
    op.execute(
        """CREATE TABLE organization_logo (
            org_id uuid PRIMARY KEY REFERENCES organization (org_id),
            digest text NOT NULL,
            content bytea NOT NULL
        )"""
    )
    op.execute("CREATE INDEX ix_organization_logo_digest ON organization_logo (digest)")
    # Who looks at it may not have logged in yet.
    hold_to_tenant("organization_logo", lookup="digest")
