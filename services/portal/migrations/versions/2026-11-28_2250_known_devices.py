"""Devices that a portal was entered from, so that a new one is told."""

from alembic import op

from shared.db.migrate import hold_to_tenant

revision = "p009"
down_revision = "p008"

_CLIENT = "nullif(current_setting('app.contact_id', true), '')"


def upgrade() -> None:
    op.execute(
        """CREATE TABLE known_device (
            org_id uuid NOT NULL,
            contact_id uuid NOT NULL,
            email text NOT NULL,
            token_hash text NOT NULL,
            created_at timestamptz NOT NULL,
            seen_at timestamptz NOT NULL,
            PRIMARY KEY (org_id, contact_id, email, token_hash),
            FOREIGN KEY (org_id, contact_id, email) REFERENCES login (org_id, contact_id, email) ON DELETE CASCADE
        )"""
    )
    hold_to_tenant("known_device")
    op.execute(
        f"CREATE POLICY client ON known_device AS RESTRICTIVE USING ({_CLIENT} IS NULL OR contact_id = {_CLIENT}::uuid)"
    )
