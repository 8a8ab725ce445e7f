"""Messages, the log of their attempts, and the queue that says which are due."""

from alembic import op

from shared.db.migrate import create_infrastructure, hold_to_tenant

revision = "n001"
down_revision = None


def upgrade() -> None:
    create_infrastructure()
    op.execute(
        """CREATE TABLE message (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            status text NOT NULL CHECK (status IN ('queued', 'sending', 'sent', 'failed', 'unknown', 'cancelled')),
            contact_id uuid NOT NULL,
            document_id uuid NOT NULL,
            document_type text NOT NULL,
            document_number text,
            language text NOT NULL,
            sender_name text NOT NULL,
            reply_to text,
            subject text NOT NULL,
            text text NOT NULL,
            html text NOT NULL,
            attachment_name text NOT NULL,
            recipients jsonb NOT NULL,
            attempts integer NOT NULL,
            failures integer NOT NULL,
            next_attempt_at timestamptz,
            last_error text,
            sent_at timestamptz,
            phase text CHECK (phase IN ('preparing', 'handing_over')),
            lease uuid,
            correlation_id text NOT NULL,
            causation_id text NOT NULL,
            traceparent text NOT NULL,
            PRIMARY KEY (org_id, id)
        )"""
    )
    op.execute("CREATE INDEX ix_message_created ON message (org_id, created_at, id)")
    op.execute("CREATE INDEX ix_message_contact ON message (org_id, contact_id, created_at, id)")
    op.execute("CREATE INDEX ix_message_document ON message (org_id, document_id, created_at, id)")
    op.execute("CREATE INDEX ix_message_status ON message (org_id, status, created_at, id)")
    op.execute(
        """CREATE TABLE attempt (
            org_id uuid NOT NULL,
            message_id uuid NOT NULL,
            number integer NOT NULL,
            started_at timestamptz NOT NULL,
            ended_at timestamptz,
            outcome text,
            detail text,
            PRIMARY KEY (org_id, message_id, number),
            FOREIGN KEY (org_id, message_id) REFERENCES message (org_id, id)
        )"""
    )
    hold_to_tenant("message", "attempt")
    # No tenant table: the worker has to see what is due before it knows whose it is.
    op.execute(
        """CREATE TABLE delivery (
            org_id uuid NOT NULL,
            message_id uuid NOT NULL,
            due_at timestamptz NOT NULL,
            lease uuid,
            PRIMARY KEY (org_id, message_id)
        )"""
    )
    op.execute("CREATE INDEX ix_delivery_due_at ON delivery (due_at)")
