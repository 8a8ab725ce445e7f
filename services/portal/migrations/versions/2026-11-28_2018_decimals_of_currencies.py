"""Amounts with the decimals of their currency."""

from alembic import op

from shared.db.amounts import any_scale

revision = "p008"
down_revision = "p007"


def upgrade() -> None:
    # What a derived column is made of keeps its type, and to derive it otherwise writes every row anew while nobody may
    # read. So what was derived stays as it is; in this same transaction p010 says who goes on deriving it.
    op.execute(
        "-- squawk-ignore ban-drop-generated-expression\n"
        "ALTER TABLE document ALTER COLUMN is_open DROP EXPRESSION IF EXISTS, "
        "ALTER COLUMN pending_total DROP EXPRESSION IF EXISTS"
    )
    op.execute(any_scale("document", "subtotal", "tax_total", "total", "paid_total", "pending_total"))
    op.execute(any_scale("payment_attempt", "amount"))
