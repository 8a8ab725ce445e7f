"""Amounts with the decimals of their currency."""

from alembic import op

from shared.db.amounts import any_scale

revision = "p008"
down_revision = "p007"

_PAYABLE = (
    "type IN ('invoice', 'sales_receipt', 'credit_note') AND status IN ('approved', 'partially_paid') AND NOT deleted"
)


def upgrade() -> None:
    # What a derived column is made of keeps its type; so for a moment they are made of nothing.
    _derive(is_open="false", pending_total="0")
    op.execute(any_scale("document", "subtotal", "tax_total", "total", "paid_total", "pending_total"))
    _derive(
        is_open=f"{_PAYABLE} AND total > paid_total",
        pending_total=f"CASE WHEN {_PAYABLE} THEN total - paid_total ELSE 0 END",
    )
    op.execute(any_scale("payment_attempt", "amount"))


def _derive(**expressions: str) -> None:
    changes = ", ".join(f"ALTER COLUMN {column} SET EXPRESSION AS ({of})" for column, of in expressions.items())
    op.execute(f"ALTER TABLE document {changes}")
