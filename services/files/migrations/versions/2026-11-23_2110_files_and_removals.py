"""Files, how many a contact has, bytes to be removed, and our copy of the contacts."""

from alembic import op

from shared.db.migrate import create_infrastructure, hold_to_tenant

revision = "f001"
down_revision = None


def upgrade() -> None:
    create_infrastructure()
    op.execute(
        """CREATE TABLE file (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            contact_id uuid NOT NULL,
            name text NOT NULL,
            size bigint NOT NULL CHECK (size >= 0),
            media_type text NOT NULL,
            sha256 text NOT NULL,
            uploaded_by text NOT NULL,
            uploaded_by_name text NOT NULL,
            object_key text NOT NULL,
            deleted_at timestamptz,
            PRIMARY KEY (org_id, id)
        )"""
    )
    op.execute("CREATE INDEX ix_file_contact ON file (org_id, contact_id, created_at, id) WHERE deleted_at IS NULL")
    op.execute(
        """CREATE TABLE file_count (
            org_id uuid NOT NULL,
            contact_id uuid NOT NULL,
            files integer NOT NULL,
            PRIMARY KEY (org_id, contact_id)
        )"""
    )
    op.execute(
        """CREATE TABLE removal (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            object_key text NOT NULL,
            due_at timestamptz NOT NULL,
            queue text NOT NULL,
            PRIMARY KEY (org_id, id)
        )"""
    )
    op.execute("CREATE INDEX ix_removal_due_at ON removal (due_at)")
    op.execute(
        """CREATE TABLE contact (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL,
            deleted boolean NOT NULL,
            PRIMARY KEY (org_id, id)
        )"""
    )
    hold_to_tenant("file", "file_count", "contact")
    hold_to_tenant("removal", lookup="queue")
