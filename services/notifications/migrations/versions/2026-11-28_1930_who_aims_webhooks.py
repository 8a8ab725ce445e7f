"""Who aimed each webhook last, and what those people and keys may still read."""

from alembic import op

from shared.db.migrate import hold_to_tenant

revision = "n005"
down_revision = "n004"


def upgrade() -> None:
    # NULL: whoever made it.
    op.execute("ALTER TABLE webhook ADD COLUMN aimed_by text")
    op.execute(
        """CREATE TABLE user_copy (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL,
            active boolean NOT NULL,
            scopes text[],
            PRIMARY KEY (org_id, id)
        )"""
    )
    op.execute(
        """CREATE TABLE api_key_copy (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL,
            user_id uuid NOT NULL,
            scopes text[] NOT NULL,
            expires_at timestamptz,
            deleted boolean NOT NULL,
            PRIMARY KEY (org_id, id)
        )"""
    )
    hold_to_tenant("user_copy", "api_key_copy")
