"""Wishes for a new password, one a login, gone when the login is."""

from alembic import op

from shared.db.migrate import hold_to_tenant

revision = "p003"
down_revision = "p002"

_CLIENT = "nullif(current_setting('app.contact_id', true), '')"


def upgrade() -> None:
    op.execute(
        """CREATE TABLE password_reset (
            org_id uuid NOT NULL,
            contact_id uuid NOT NULL,
            email text NOT NULL,
            id uuid NOT NULL,
            token_hash text CONSTRAINT uq_password_reset_token_hash UNIQUE,
            expires_at timestamptz NOT NULL,
            PRIMARY KEY (org_id, contact_id, email),
            FOREIGN KEY (org_id, contact_id, email) REFERENCES login (org_id, contact_id, email) ON DELETE CASCADE
        )"""
    )
    op.execute("CREATE INDEX ix_password_reset_id ON password_reset (org_id, id)")
    hold_to_tenant("password_reset", lookup="token_hash")
    op.execute(
        "CREATE POLICY client ON password_reset AS RESTRICTIVE "
        f"USING ({_CLIENT} IS NULL OR contact_id = {_CLIENT}::uuid)"
    )
