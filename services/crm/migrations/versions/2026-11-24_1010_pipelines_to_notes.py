"""Pipelines, opportunities, activities, notes, their running counts, and our copies of others' facts."""

from alembic import op

from shared.db.migrate import create_infrastructure, hold_to_tenant

revision = "m001"
down_revision = None


def upgrade() -> None:
    create_infrastructure()
    _create_copies()
    _create_pipelines()
    _create_opportunities()
    _create_activities()
    _create_notes()
    hold_to_tenant(
        "contact_copy",
        "user_copy",
        "organization",
        "pipeline",
        "stage",
        "opportunity",
        "open_opportunities",
        "activity",
        "open_activities",
        "note",
        "note_count",
    )


def _create_copies() -> None:
    op.execute(
        """CREATE TABLE contact_copy (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL,
            kind text NOT NULL,
            name text NOT NULL,
            deleted boolean NOT NULL,
            PRIMARY KEY (org_id, id)
        )"""
    )
    op.execute(
        """CREATE TABLE user_copy (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL,
            name text NOT NULL,
            PRIMARY KEY (org_id, id)
        )"""
    )
    op.execute(
        """CREATE TABLE organization (
            org_id uuid PRIMARY KEY,
            version integer NOT NULL,
            currency text NOT NULL
        )"""
    )


def _create_pipelines() -> None:
    op.execute(
        """CREATE TABLE pipeline (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            name text NOT NULL,
            is_default boolean NOT NULL,
            PRIMARY KEY (org_id, id)
        )"""
    )
    op.execute("CREATE UNIQUE INDEX uq_pipeline_default ON pipeline (org_id) WHERE is_default")
    op.execute(
        """CREATE TABLE stage (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            pipeline_id uuid NOT NULL,
            position smallint NOT NULL,
            name text NOT NULL,
            probability smallint NOT NULL CHECK (probability BETWEEN 0 AND 100),
            PRIMARY KEY (org_id, id),
            FOREIGN KEY (org_id, pipeline_id) REFERENCES pipeline (org_id, id)
        )"""
    )
    op.execute("CREATE INDEX ix_stage_pipeline ON stage (org_id, pipeline_id, position)")


def _create_opportunities() -> None:
    op.execute(
        """CREATE TABLE opportunity (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            deleted_at timestamptz,
            contact_id uuid NOT NULL,
            title text NOT NULL,
            pipeline_id uuid NOT NULL,
            stage_id uuid NOT NULL,
            value numeric(16, 2) NOT NULL CHECK (value >= 0),
            currency text NOT NULL,
            probability smallint NOT NULL CHECK (probability BETWEEN 0 AND 100),
            expected_close date,
            status text NOT NULL CHECK (status IN ('open', 'won', 'lost')),
            lost_reason text,
            closed_at timestamptz,
            PRIMARY KEY (org_id, id),
            FOREIGN KEY (org_id, contact_id) REFERENCES contact_copy (org_id, id),
            FOREIGN KEY (org_id, stage_id) REFERENCES stage (org_id, id)
        )"""
    )
    op.execute(
        "CREATE INDEX ix_opportunity_open ON opportunity (org_id, contact_id, expected_close, id) "
        "WHERE status = 'open' AND deleted_at IS NULL"
    )
    for name, columns in (
        ("contact", "contact_id, id"),
        ("status", "status, id"),
        ("pipeline", "pipeline_id, status, id"),
    ):
        op.execute(f"CREATE INDEX ix_opportunity_{name} ON opportunity (org_id, {columns}) WHERE deleted_at IS NULL")
    # Deleted ones too: they keep their stage from being removed.
    op.execute("CREATE INDEX ix_opportunity_stage ON opportunity (org_id, stage_id, status, id)")
    op.execute(
        """CREATE TABLE open_opportunities (
            org_id uuid NOT NULL,
            contact_id uuid NOT NULL,
            currency text NOT NULL,
            count integer NOT NULL,
            value numeric(20, 2) NOT NULL,
            PRIMARY KEY (org_id, contact_id, currency)
        )"""
    )


def _create_activities() -> None:
    op.execute(
        """CREATE TABLE activity (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            deleted_at timestamptz,
            contact_id uuid NOT NULL,
            kind text NOT NULL CHECK (kind IN ('call', 'meeting', 'task', 'email', 'visit')),
            title text NOT NULL,
            starts_at timestamptz NOT NULL,
            ends_at timestamptz,
            reminder_minutes integer,
            notes text,
            owner text NOT NULL,
            owner_name text NOT NULL,
            completed_at timestamptz,
            PRIMARY KEY (org_id, id),
            FOREIGN KEY (org_id, contact_id) REFERENCES contact_copy (org_id, id)
        )"""
    )
    for name, columns in (("contact", "contact_id, starts_at, id"), ("start", "starts_at, id")):
        op.execute(f"CREATE INDEX ix_activity_{name} ON activity (org_id, {columns}) WHERE deleted_at IS NULL")
        op.execute(
            f"CREATE INDEX ix_activity_open_{name} ON activity (org_id, {columns}) "
            "WHERE completed_at IS NULL AND deleted_at IS NULL"
        )
    op.execute(
        """CREATE TABLE open_activities (
            org_id uuid NOT NULL,
            contact_id uuid NOT NULL,
            count integer NOT NULL,
            PRIMARY KEY (org_id, contact_id)
        )"""
    )


def _create_notes() -> None:
    op.execute(
        """CREATE TABLE note (
            org_id uuid NOT NULL,
            id uuid NOT NULL,
            version integer NOT NULL,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            deleted_at timestamptz,
            contact_id uuid NOT NULL,
            body text NOT NULL,
            pinned boolean NOT NULL,
            author text NOT NULL,
            author_name text NOT NULL,
            PRIMARY KEY (org_id, id),
            FOREIGN KEY (org_id, contact_id) REFERENCES contact_copy (org_id, id)
        )"""
    )
    for name, columns in (("contact", "contact_id, pinned, id"), ("newest", "pinned, id")):
        op.execute(f"CREATE INDEX ix_note_{name} ON note (org_id, {columns}) WHERE deleted_at IS NULL")
    op.execute(
        """CREATE TABLE note_count (
            org_id uuid NOT NULL,
            contact_id uuid NOT NULL,
            count integer NOT NULL,
            PRIMARY KEY (org_id, contact_id)
        )"""
    )
