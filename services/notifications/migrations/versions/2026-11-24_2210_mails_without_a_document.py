"""Mails of more kinds than a document's."""

from alembic import op

revision = "n004"
down_revision = "n003"


def upgrade() -> None:
    op.execute(
        """ALTER TABLE message
            ADD COLUMN kind text NOT NULL DEFAULT 'document' CHECK (kind IN ('document', 'password_reset')),
            ALTER COLUMN document_id DROP NOT NULL,
            ALTER COLUMN document_type DROP NOT NULL,
            ALTER COLUMN attachment_name DROP NOT NULL,
            ADD CONSTRAINT ck_message_document CHECK (
                kind <> 'document' OR (document_id, document_type, attachment_name) IS NOT NULL
            )"""
    )
    op.execute("ALTER TABLE message ALTER COLUMN kind DROP DEFAULT")
