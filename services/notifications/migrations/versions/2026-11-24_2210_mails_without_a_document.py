"""Mails of more kinds than a document's."""

from alembic import op

revision = "n004"
down_revision = "n003"


def upgrade() -> None:
    # The default is for the code before this one, which knows no kinds.
    op.execute("ALTER TABLE message ADD COLUMN kind text NOT NULL DEFAULT 'document'")
    for column in ("document_id", "document_type", "attachment_name"):
        # Nobody but the code of this step leaves it out. A worker before it that takes such a mail cannot ask for its
        # PDF, puts it off, and leaves it to the next.
        op.execute(f"-- squawk-ignore ban-drop-not-null\nALTER TABLE message ALTER COLUMN {column} DROP NOT NULL")
