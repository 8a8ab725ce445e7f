"""The feed: every event of an organisation, numbered without gaps, for other systems to follow."""

from alembic import op

from shared.db.migrate import hold_to_tenant

revision = "g003"
down_revision = "g002"


def upgrade() -> None:
    # One row of it changes with every event: room in its page keeps those changes away from the index (HOT).
    # `queue` is the same in all rows: by it the trimming finds the feeds of every organisation.
    op.execute(
        """CREATE TABLE feed_head (
            org_id uuid PRIMARY KEY,
            last_position bigint NOT NULL,
            trimmed_position bigint NOT NULL DEFAULT 0,
            queue text NOT NULL DEFAULT 'feeds'
        ) WITH (fillfactor = 50)"""
    )
    # `body` is bytes, as in the outbox: jsonb would come out in another order, and with other numbers.
    op.execute(
        """CREATE TABLE event_log (
            org_id uuid NOT NULL,
            position bigint NOT NULL,
            event_id uuid NOT NULL,
            name text NOT NULL,
            recorded_at timestamptz NOT NULL,
            body bytea NOT NULL,
            PRIMARY KEY (org_id, position)
        )"""
    )
    hold_to_tenant("feed_head", lookup="queue")
    hold_to_tenant("event_log")
