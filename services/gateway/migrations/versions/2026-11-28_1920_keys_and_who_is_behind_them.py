"""The person behind each API key, and the key that made it: it does no more than they, and ends no later."""

from alembic import op

revision = "g008"
down_revision = "g007"


def upgrade() -> None:
    op.execute("ALTER TABLE api_key ADD COLUMN user_id uuid, ADD COLUMN parent_id uuid")
    # What is there belongs to all organisations: for these statements the policy lets the table's owner by.
    op.execute("ALTER TABLE api_key NO FORCE ROW LEVEL SECURITY")
    op.execute("""UPDATE api_key SET parent_id = substr(created_by, 5)::uuid WHERE created_by LIKE 'key:%'""")
    # Who made the first of a line stands behind all of it. Where one of the line was deleted nobody does: it is dead.
    op.execute(
        """WITH RECURSIVE line AS (
            SELECT org_id, id, substr(created_by, 6)::uuid AS user_id, expires_at FROM api_key
            WHERE created_by LIKE 'user:%'
            UNION ALL
            SELECT made.org_id, made.id, line.user_id, least(made.expires_at, line.expires_at)
            FROM api_key made JOIN line ON made.org_id = line.org_id AND made.parent_id = line.id
        )
        UPDATE api_key SET user_id = line.user_id, expires_at = line.expires_at
        FROM line WHERE api_key.org_id = line.org_id AND api_key.id = line.id"""
    )
    op.execute("ALTER TABLE api_key FORCE ROW LEVEL SECURITY")
