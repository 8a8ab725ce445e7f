"""Webhooks, what went to them, and the worker's queue of those that have something due."""

from alembic import op

from shared.db.migrate import hold_to_tenant

revision = "n003"
down_revision = "n002"


def upgrade() -> None:
    op.execute(
        """CREATE TABLE webhook (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            url text NOT NULL,
            description text,
            types text[] NOT NULL,
            scopes text[] NOT NULL,
            enabled boolean NOT NULL,
            disabled_reason text CHECK (disabled_reason IN ('by_person', 'gone', 'failing')),
            failing_since timestamptz,
            secret bytea NOT NULL,
            previous_secret bytea,
            previous_secret_until timestamptz,
            created_by text NOT NULL,
            deleted_at timestamptz,
            PRIMARY KEY (org_id, id)
        )"""
    )
    op.execute(
        """CREATE TABLE webhook_delivery (
            org_id uuid NOT NULL,
            webhook_id uuid NOT NULL,
            id uuid NOT NULL,
            created_at timestamptz NOT NULL,
            type text NOT NULL,
            scope text,
            subject uuid NOT NULL,
            aggregate_version integer NOT NULL,
            body bytea NOT NULL,
            status text NOT NULL CHECK (status IN ('pending', 'delivered', 'failed')),
            due_at timestamptz CHECK ((due_at IS NOT NULL) = (status = 'pending')),
            attempts integer NOT NULL DEFAULT 0,
            failures integer NOT NULL DEFAULT 0,
            failing_since timestamptz,
            delivered_at timestamptz,
            last_status_code integer,
            last_error text,
            log jsonb NOT NULL DEFAULT '[]',
            PRIMARY KEY (org_id, webhook_id, id),
            FOREIGN KEY (org_id, webhook_id) REFERENCES webhook (org_id, id)
        )"""
    )
    op.execute("CREATE INDEX ix_webhook_delivery_status ON webhook_delivery (org_id, webhook_id, status, id)")
    op.execute("CREATE INDEX ix_webhook_delivery_type ON webhook_delivery (org_id, webhook_id, type, id)")
    op.execute(
        "CREATE INDEX ix_webhook_delivery_due_at ON webhook_delivery (org_id, webhook_id, due_at, id)"
        " WHERE due_at IS NOT NULL"
    )
    hold_to_tenant("webhook", "webhook_delivery")
    # No tenant tables: the worker has to see who has something due before it knows whose it is.
    op.execute(
        """CREATE TABLE webhook_lane (
            org_id uuid NOT NULL,
            webhook_id uuid NOT NULL,
            due_at timestamptz,
            lease uuid,
            held_until timestamptz,
            PRIMARY KEY (org_id, webhook_id)
        )"""
    )
    op.execute("CREATE INDEX ix_webhook_lane_due_at ON webhook_lane (due_at) WHERE due_at IS NOT NULL")
    op.execute(
        """CREATE TABLE webhook_wake (
            position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            org_id uuid NOT NULL,
            webhook_id uuid NOT NULL
        )"""
    )
