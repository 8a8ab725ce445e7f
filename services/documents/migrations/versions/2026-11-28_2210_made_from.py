"""What was made from a document is found by it."""

from alembic import op

from shared.db.folding import index_concurrently

revision = "d007"
down_revision = "d006"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        index_concurrently("ix_document_source", "document (org_id, source_id) WHERE source_id IS NOT NULL")
