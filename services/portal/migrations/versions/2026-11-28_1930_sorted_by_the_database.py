"""Products are sorted as in documents, by what the database makes of their names."""

from alembic import op

from shared.db.folding import create_folding, index_concurrently, keep_folded, refold

revision = "p006"
down_revision = "p005"


def upgrade() -> None:
    create_folding()
    keep_folded("product", sort_name="sort_key(NEW.name)")
    # The owner, who is nobody's organisation, has to see what it folds.
    op.execute("ALTER TABLE product NO FORCE ROW LEVEL SECURITY")
    with op.get_context().autocommit_block():
        # `ix_product_catalogue` serves the code before this one; a release later it can go.
        index_concurrently(
            "ix_product_catalogue_sorted",
            'product (org_id, sort_name COLLATE "C", id) WHERE in_catalogue AND active',
        )
        refold("product", "sort_name")
    op.execute("ALTER TABLE product FORCE ROW LEVEL SECURITY")
