"""How many drafts and voided documents a contact has: few beside what running totals count."""

from alembic import op

from shared.db.folding import index_concurrently

revision = "d008"
down_revision = "d007"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        index_concurrently(
            "ix_document_uncounted", "document (org_id, contact_id, side) WHERE status IN ('draft', 'voided')"
        )
