"""Attempts to log in, counted for all processes; and the devices that were logged in before."""

from alembic import op

from shared.db.migrate import create_login_attempts, hold_to_tenant

revision = "g006"
down_revision = "g005"


def upgrade() -> None:
    create_login_attempts()
    op.execute("ALTER TABLE login_session ADD COLUMN confirmed_at timestamptz")
    op.execute(
        """CREATE TABLE known_device (
            org_id uuid NOT NULL,
            user_id uuid NOT NULL,
            token_hash text NOT NULL,
            created_at timestamptz NOT NULL,
            seen_at timestamptz NOT NULL,
            PRIMARY KEY (org_id, user_id, token_hash),
            FOREIGN KEY (org_id, user_id) REFERENCES user_account (org_id, id)
        )"""
    )
    # One browser may serve several people: the cookie is the device's, a row is what a person and it have in common.
    op.execute("CREATE INDEX ix_known_device_token_hash ON known_device (token_hash)")
    hold_to_tenant("known_device", lookup="token_hash")
