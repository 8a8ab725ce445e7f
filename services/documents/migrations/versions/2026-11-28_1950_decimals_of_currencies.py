"""Amounts with the decimals of their currency."""

from alembic import op

from shared.db.amounts import any_scale
from shared.db.finding import found_view

revision = "d006"
down_revision = "d005"

_FOUND = ("contact_id", "type", "side", "status", "issue_date", "due_date", "pending_total", "search")


def upgrade() -> None:
    # A view holds the types of its columns: it is made anew within the transaction.
    op.execute("-- squawk-ignore ban-drop-view\nDROP VIEW document_found")
    for table, columns in (
        ("document", ("subtotal", "tax_total", "total", "paid_total", "pending_total")),
        ("payment", ("amount",)),
        ("month_total", ("net", "gross")),
        ("item_total", ("amount",)),
        ("open_amount", ("amount",)),
    ):
        op.execute(any_scale(table, *columns))
    for statement in found_view("document", *_FOUND):
        op.execute(statement)
