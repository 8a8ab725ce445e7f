"""Views to search documents and products through: held to the organisation by their own condition."""

from alembic import op

from shared.db.finding import found_view

revision = "d003"
down_revision = "d002"

_DOCUMENT = ("contact_id", "type", "side", "status", "issue_date", "due_date", "pending_total", "search")
_PRODUCT = ("in_catalogue", "active", "sort_name", "search")


def upgrade() -> None:
    for statement in (*found_view("document", *_DOCUMENT), *found_view("product", *_PRODUCT)):
        op.execute(statement)
